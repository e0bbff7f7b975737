/** Which of the names of a directory another storage may take for one and the same. */
export class NameClashes {
  readonly #plain = new Map<string, number>();
  readonly #known: RegExp;

  /**
   * @param isExact whether that storage is known to be given each name as it is, in UTF-8, and to end it at no space within
   *   it, as simple servers do
   */
  constructor(names: Iterable<string>, isExact: boolean) {
    this.#known = isExact ? /^(?! )[ -}\P{ASCII}]*[!-\-/-}\P{ASCII}]$/u : /^[!-}]*[!-\-/-}]$/;
    for (const name of new Set(names)) {
      const plain = plainly(name);
      this.#plain.set(plain, (this.#plain.get(plain) ?? 0) + 1);
    }
  }

  /**
   * Whether nothing else can be meant by the name. Of what Windows cuts off (`a.`), of its short names (`LONGNA~1`) and of
   * characters that are none, are invisible or are not known here, nobody knows.
   */
  isAlone(name: string): boolean {
    const plain = plainly(name);
    return [name, plain].every((each) => this.#known.test(each)) && !UNCLEAR.test(name) && this.#plain.get(plain) === 1;
  }
}

/** Spaces beyond ASCII, too: some systems cut them off. */
const UNCLEAR = /[\p{C}\p{Default_Ignorable_Code_Point}\uFFFD]|(?! )\p{Z}/u;
const MARKS = /\p{M}+/gu;

/**
 * The same for all names that a file system may take for one: they differ in case, in how a letter is composed, or in marks on
 * letters and in widths, which some lose. It is the same for others, too.
 */
function plainly(name: string): string {
  const lower = name.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (/^[\0-\x7f]*$/.test(lower)) return lower;
  return withoutMarks(withoutMarks(name).toUpperCase().toLowerCase());
}

function withoutMarks(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '');
}
