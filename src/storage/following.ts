/** Which links the way to an entry follows. */
export interface Following {
  /** Whether links on the way are followed; otherwise one ends the way with `denied`. */
  readonly links: boolean;
  /** Whether the entry itself, where it is a link, is followed too. */
  readonly last: boolean;
}
