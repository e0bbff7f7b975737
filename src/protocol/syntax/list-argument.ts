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
}

/**
 * RFC 959 section 5.3.1 knows a path only, but clients send the options of `ls` before it. Words of a dash and letters
 * that are options are taken for such, up to the first that is not, or to `--`; all from there on, spaces included, is
 * the path. Options about order and form are taken and do nothing: the order is the storage's, since sorting would need
 * the whole directory in memory.
 */
export const listArgument: Syntax<ListArgument> = {
  parse(argument) {
    let options = '';
    let path = argument;
    for (let word = OPTION_WORD.exec(path); word !== null; word = OPTION_WORD.exec(path)) {
      const [whole, letters = ''] = word;
      path = path.slice(whole.length);
      if (letters === '-') break;
      options += letters;
    }
    return {
      all: options.includes('a'),
      recursive: options.includes('R'),
      itself: options.includes('d'),
      long: options.includes('l'),
      path,
    };
  },
  format({ all, recursive, itself, long, path }) {
    const letters = `${all ? 'a' : ''}${recursive ? 'R' : ''}${itself ? 'd' : ''}${long ? 'l' : ''}`;
    const words = letters === '' ? [] : [`-${letters}`];
    if (path.startsWith('-')) words.push('--');
    return [...words, ...(path === '' ? [] : [path])].join(' ');
  },
};

/** The options of ls(1) that clients are known to send, or `--`. */
const OPTION_WORD = /^-([1aAcCdFghlLnopqrRsStTuU]+|-)(?: |$)/;
