import type { Syntax } from './syntax.ts';

/** What LIST, NLST or STAT is asked to show, as `ls` would be. */
export interface ListArgument {
  /** -a: `.` and `..` and hidden names too. */
  readonly all: boolean;
  /** -R: what lies below as well. */
  readonly recursive: boolean;
  /** -d: the directory itself, not what it holds. */
  readonly itself: boolean;
  /** -l: the long form (makes NLST answer as LIST does). */
  readonly long: boolean;
  /** Empty: the current directory. */
  readonly path: string;
  /** The argument as it came, where its first word may be a name as well: `-dash`. */
  readonly doubtful?: string;
}

/**
 * RFC 959 section 5.3.1 knows a path only, but clients send the options of `ls` before it. Words of a dash and letters
 * that are options are taken for such, up to the first that is not, or to `--`; all from there on, spaces included, is
 * the path. Options about order and form are taken and do nothing: the order is the storage's, since sorting would need
 * the whole directory in memory. A word of more letters than clients are known to send together is doubtful.
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
    // In words that are short enough to be options beyond doubt.
    const words = (letters.match(/.{1,3}/g) ?? []).map((word) => `-${word}`);
    if (path.startsWith('-')) words.push('--');
    return [...words, ...(path === '' ? [] : [path])].join(' ');
  },
};

const MOST_LETTERS = 3;

/** The options of ls(1) that clients are known to send, or `--`. */
const OPTION_WORD = /^-([1aAcCdFghlLnopqrRsStTuU]+|-)(?: |$)/;
