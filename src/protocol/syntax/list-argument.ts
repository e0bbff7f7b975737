import type { Syntax } from './syntax.ts';

/** What LIST, NLST or STAT is to show, with the options of `ls`. */
export interface ListArgument {
  /** `-a`: `.`, `..` and hidden names are shown too. */
  readonly all: boolean;
  /** `-R`: directories below are shown too. */
  readonly recursive: boolean;
  /** `-d`: the directory itself is shown instead of its entries. */
  readonly itself: boolean;
  /** `-l`: the long form is shown. NLST then answers as LIST does. */
  readonly long: boolean;
  /** The empty string means the current directory. */
  readonly path: string;
  /** The whole argument. It is present if the first word might be a name instead of options, such as `-dash`. */
  readonly doubtful?: string;
}

/**
 * The argument of LIST, NLST and STAT. RFC 959 section 5.3.1 allows only a path, but clients send options of `ls` before
 * it. Words that consist of a dash and known letters are options. The first other word begins the path, and so does the
 * word after `--`. The path includes its spaces. Options for order and form are accepted and have no effect, because
 * sorting would need the whole directory in memory. A first word with more letters than clients are known to combine may
 * be a name, so the result is marked as doubtful.
 */
export const listArgument: Syntax<ListArgument> = {
  parse(argument) {
    let options = '';
    let path = argument;
    let isDoubtful = false;
    for (let word = OPTION_WORD.exec(path); word !== null; word = OPTION_WORD.exec(path)) {
      const [whole, letters = ''] = word;
      path = path.slice(whole.length);
      if (letters === '-') break;
      isDoubtful ||= options === '' && letters.length > MOST_LETTERS;
      options += letters;
    }
    return {
      all: options.includes('a'),
      recursive: options.includes('R'),
      itself: options.includes('d'),
      long: options.includes('l'),
      path,
      ...(isDoubtful && { doubtful: argument }),
    };
  },
  format({ all, recursive, itself, long, path }) {
    const letters = `${all ? 'a' : ''}${recursive ? 'R' : ''}${itself ? 'd' : ''}${long ? 'l' : ''}`;
    // Short words can't be mistaken for a name.
    const words = (letters.match(/.{1,3}/g) ?? []).map((word) => `-${word}`);
    if (path.startsWith('-')) words.push('--');
    return [...words, ...(path === '' ? [] : [path])].join(' ');
  },
};

const MOST_LETTERS = 3;

/** Matches the options of ls(1) that clients are known to send, and `--`. */
const OPTION_WORD = /^-([1aAcCdFghlLnopqrRsStTuU]+|-)(?: |$)/;
