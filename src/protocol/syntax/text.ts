import { type Syntax, SyntaxFailure } from './syntax.ts';

/** No argument, as of NOOP, PASV and QUIT (RFC 959 section 5.3.1). Spaces alone count as no argument. */
export const noArgument: Syntax<undefined> = {
  parse(argument) {
    if (argument.trim() !== '') throw new SyntaxFailure(501, 'This command takes no argument');
    return undefined;
  },
  format: () => '',
};

/** Any text that is not empty, unchanged: a path, a user name (RFC 959 section 5.3.2, RFC 2640 section 3.1). */
export const text: Syntax<string> = {
  parse(argument) {
    if (argument === '') throw new SyntaxFailure(501, 'This command needs an argument');
    return argument;
  },
  format: (args) => args,
};

/**
 * Any text, or the empty string for no argument: HELP and PASS (RFC 959 section 5.3.1), MLSD and MLST (RFC 3659 section
 * 7.1).
 */
export const optionalText: Syntax<string> = { parse: (argument) => argument, format: (args) => args };

/** A word and what follows it, as in `OPTS MLST type;size;` (RFC 2389 section 4) and `SITE CHMOD 644 x`. */
export interface WordAndRest {
  /** In upper case. */
  readonly word: string;
  /** Unchanged, or the empty string if nothing follows the word. */
  readonly rest: string;
}

export const wordAndRest: Syntax<WordAndRest> = {
  parse(argument) {
    const space = argument.indexOf(' ');
    const end = space === -1 ? argument.length : space;
    const word = argument.slice(0, end);
    if (!/^[\x21-\x7e]+$/.test(word))
      throw new SyntaxFailure(501, 'A word is expected, and after a space what it needs');
    return { word: word.toUpperCase(), rest: argument.slice(end + 1) };
  },
  format: ({ word, rest }) => (rest === '' ? word : `${word} ${rest}`),
};
