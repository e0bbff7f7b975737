/**
 * The grammar of a command's argument. Servers parse it and clients format it, and `parse(format(x))` equals `x`. `parse`
 * throws `SyntaxFailure`.
 */
export interface Syntax<Args> {
  parse(argument: string): Args;
  format(args: Args): string;
}

/**
 * The reply code that refuses an argument. 501: the argument is malformed. 504: the server does not implement it (both
 * RFC 959 section 4.2.2). 522: the server does not support the network protocol (RFC 2428). 536: the security mechanism
 * has no such protection level (RFC 2228).
 */
export type SyntaxFailureCode = 501 | 504 | 522 | 536;

/**
 * An argument does not fit its command. The message says what is expected. It never repeats what the peer sent.
 */
export class SyntaxFailure extends Error {
  override readonly name = 'SyntaxFailure';
  readonly code: SyntaxFailureCode;

  constructor(code: SyntaxFailureCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Makes a syntax of fixed words, whose case does not matter. The keys of `words` must be in upper case. An empty argument
 * fails with 501, and any other that is no key fails with `code`.
 */
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
