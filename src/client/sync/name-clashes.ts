/** Which of the names of a directory another storage may take for one and the same. */
export class NameClashes {
  readonly #plain = new Map<string, number>();
  readonly #known: RegExp;

  /** @param keepsSpaces whether that storage is known to end no name at a space within it, as simple servers do */
  constructor(names: Iterable<string>, keepsSpaces: boolean) {
    this.#known = keepsSpaces ? /^(?! )[ -}]*[!-\-/-}]$/ : /^[!-}]*[!-\-/-}]$/;
    for (const name of new Set(names)) {
      const folded = name.toLowerCase();
      this.#plain.set(folded, (this.#plain.get(folded) ?? 0) + 1);
    }
  }

  /**
   * Whether nothing else can be meant by the name. Of letters beyond ASCII, of what Windows cuts off (`a.`) and of its
   * short names (`LONGNA~1`) nobody knows.
   */
  isAlone(name: string): boolean {
    return this.#known.test(name) && this.#plain.get(name.toLowerCase()) === 1;
  }
}
