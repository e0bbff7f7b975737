/** One request. */
export interface Asked {
  readonly method: string;
  readonly key: string;
  readonly query: URLSearchParams;
}
