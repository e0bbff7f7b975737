import type { Reply } from '../../protocol/index.ts';
import { ClientError, type ClientErrorCode, type ClientPhase } from '../errors.ts';

/** The error that a 4yz or 5yz reply stands for. */
export function replyError(
  reply: Reply,
  phase: ClientPhase,
  command: string,
  code: ClientErrorCode = codeOf(reply),
): ClientError {
  return new ClientError(code, `${reply.code} ${textOf(reply)} (${command})`, {
    phase,
    command,
    reply,
    retryable: isPassing(reply),
  });
}

/** The text of a reply for people: one line, nothing in it that drives a terminal. */
export function textOf({ lines }: Reply): string {
  const text = lines
    .slice(0, shownLines)
    .join(' ')
    .replace(/[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g, '?');
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}

const shownLines = 5;
const shownCharacters = 500;

/**
 * A 4yz says that trying again may help (RFC 959 section 4.2.1); a full disk (452) is not mended by waiting a second.
 */
function isPassing({ code }: Reply): boolean {
  return code >= 400 && code < 500 && code !== 452;
}

function codeOf(reply: Reply): ClientErrorCode {
  switch (reply.code) {
    case 421:
      return 'connection-lost';
    case 500:
    case 502:
    case 504:
      return 'unsupported';
    case 426:
      return 'truncated';
    case 425:
    case 522:
      return 'data-connection';
    case 530:
    case 532:
      return 'login-refused';
    case 450:
    case 550:
      return isMissing(textOf(reply)) ? 'not-found' : 'refused';
    default:
      return 'refused';
  }
}

/**
 * 550 means anything from "not there" to "not allowed"; the words of vsftpd, ProFTPD, Pure-FTPd, IIS, FileZilla Server
 * and our own server tell. Where they don't, nothing is guessed.
 */
function isMissing(text: string): boolean {
  const lower = text.toLowerCase();
  return missingWords.some((words) => lower.includes(words));
}

const missingWords = [
  'no such file',
  'not found',
  'no such directory',
  'does not exist',
  "doesn't exist",
  'cannot find the file',
  'cannot find the path',
  "can't find",
  'no files found', // of an empty directory, or of none: wu-ftpd and others
  'could not get file size', // vsftpd 3: SIZE
  'could not get file modification time', // vsftpd 3: MDTM
  "can't check for file existence", // Pure-FTPd: SIZE, MDTM
];
