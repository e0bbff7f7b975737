/** What holds for a whole local storage and all views of it. */
export interface Settings {
  /** Whether an operation that resolved has reached the medium. */
  readonly durable: boolean;
  /** Permission bits of new files. */
  readonly fileMode: number;
  readonly directoryMode: number;
}
