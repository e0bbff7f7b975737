import { type Syntax, SyntaxFailure } from './syntax.ts';
import { formatTime, parseTime } from './time.ts';

export interface TimeAndPath {
  readonly time: Date;
  readonly path: string;
}

/** The argument of MFMT and MFCT: a time value, one space, a path (draft-somers-ftp-mfxx-04 sections 3 and 4). */
export const timeAndPath: Syntax<TimeAndPath> = {
  parse(argument) {
    const space = argument.indexOf(' ');
    const path = argument.slice(space + 1);
    if (space === -1 || path === '') throw new SyntaxFailure(501, 'Expected a time and a path: YYYYMMDDHHMMSS path');
    return { time: parseTime(argument.slice(0, space)), path };
  },
  format: ({ time, path }) => `${formatTime(time)} ${path}`,
};

/** What MDTM requests: the time of a file, or with `time` to set it. */
export interface ModifiedTime {
  readonly path: string;
  readonly time?: Date;
}

/**
 * The argument of MDTM: `path` (RFC 3659 section 3.1), or `YYYYMMDDHHMMSS path`, an old and widespread way to set the
 * time. The argument sets a time only if it begins with 14 digits that are a valid time, a space and one more character.
 * Any other argument is a path.
 */
export const modifiedTime: Syntax<ModifiedTime> = {
  parse(argument) {
    if (argument === '') throw new SyntaxFailure(501, 'Expected a path');
    const time = /^\d{14} ./s.test(argument) ? tryParseTime(argument.slice(0, 14)) : undefined;
    return time === undefined ? { path: argument } : { path: argument.slice(15), time };
  },
  format: ({ path, time }) => (time === undefined ? path : `${formatTime(time).slice(0, 14)} ${path}`),
};

function tryParseTime(digits: string): Date | undefined {
  try {
    return parseTime(digits);
  } catch {
    return undefined;
  }
}

/**
 * The argument of SITE UTIME, which no RFC describes: `YYYYMMDDhhmm[ss] path`, or `path atime mtime ctime UTC` from ncftp.
 * Only the second of ncftp's three times is used.
 */
export const unixTimes: Syntax<TimeAndPath> = {
  parse(argument) {
    const short = /^(\d{12})(\d\d)? (.+)$/s.exec(argument);
    if (short !== null) {
      const [, minutes = '', seconds = '00', path = ''] = short;
      return { time: parseTime(minutes + seconds), path };
    }
    const path = argument.slice(0, -LONG_TAIL_LENGTH);
    const long = LONG_TAIL.exec(argument.slice(-LONG_TAIL_LENGTH));
    if (path === '' || long === null) throw new SyntaxFailure(501, 'Expected YYYYMMDDhhmmss path');
    return { time: parseTime(long[1] ?? ''), path };
  },
  format: ({ time, path }) => `${formatTime(time).slice(0, 14)} ${path}`,
};

const LONG_TAIL = /^ \d{14} (\d{14}) \d{14} UTC$/i;
const LONG_TAIL_LENGTH = ' YYYYMMDDhhmmss YYYYMMDDhhmmss YYYYMMDDhhmmss UTC'.length;
