/**
 * The grammar of one command's argument: a server parses, a client formats, and `parse(format(x))` gives x again.
 * `parse` throws SyntaxFailure.
 */
export interface Syntax<Args> {
  parse(argument: string): Args;
  format(args: Args): string;
}

/**
 * Reply code for an argument that can't be taken (RFC 959 section 4.2.2): 501 it is not understood, 504 it is, but this
 * server does not do it; 522 a network protocol that is not supported (RFC 2428), 536 a protection level that the
 * security mechanism does not have (RFC 2228).
 */
export type SyntaxFailureCode = 501 | 504 | 522 | 536;

/**
 * An argument that does not fit its command. The message says what is expected and repeats nothing of what was sent.
 */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly code: SyntaxFailureCode;

  constructor(code: SyntaxFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** A syntax of fixed words, in any case. What is no key of `words` fails with `code` and `expected`, nothing at all with 501. */
export function oneOf<Value extends string>(
  words: Readonly<Record<string, Value>>,
  code: SyntaxFailureCode,
  expected: string,
): Syntax<Value> {
  const values = new Map(Object.entries(words));
  return {
    parse(argument) {
      const value = values.get(argument.toUpperCase());
      if (value === undefined) throw new SyntaxFailure(argument === '' ? 501 : code, expected);
      return value;
    },
    format(value) {
      const word = [...values].find(([, known]) => known === value)?.[0];
      if (word === undefined) throw new SyntaxFailure(code, expected);
      return word;
    },
  };
}
