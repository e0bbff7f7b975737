/** Where records are kept, as far as operations depend on it. */
export interface RecordStore {
  /** What keeps records from being written now; undefined where nothing does. */
  readonly trouble: string | undefined;
  /** Resolves once all that was published so far is recorded on the disk; with false where it is not. */
  recorded(): Promise<boolean>;
}

/** Holds replies until what they acknowledge is recorded. A front-end has one where no operation may be without its record. */
export interface RecordKeeper {
  /** Why operations are refused now; undefined: they are not. */
  readonly trouble: string | undefined;
  /** Something of this session was published in another process. */
  expect(session: string): void;
  /**
   * Resolves once all that was published of the session is on the disk. With false where something that was published since
   * the last command is not: for whoever asks, as nobody knows for which part of the command that was. Undefined: it is already.
   */
  recorded(session: string): Promise<boolean> | undefined;
  /** The command of the session has ended, with all its parts: what could not be recorded does not concern the next one. */
  commandEnded(session: string): void;
}
