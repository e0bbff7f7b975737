import { ClientError } from '../../client/index.ts';

interface Hint {
  /** Whether it fits, by the code of the failure and the text of the reply. */
  readonly fits: (code: string, text: string) => boolean;
  readonly text: string;
}

const isMissing: Hint['fits'] = (code) => code === 'not-found';
/** In the words of vsftpd, ProFTPD, Pure-FTPd and our own server; where a server says nothing, nothing is guessed. */
const isDirectory: Hint['fits'] = (_code, text) =>
  /is a directory|not a (regular|plain) file|only retrieve regular/i.test(text);
const isFull: Hint['fits'] = (_code, text) => /not empty/i.test(text);

const removeTree = '"rm -r" removes a directory with all that is in it.';
const makeFirst = 'The directory may be missing: "mkdir -p" creates it with those above.';

/** What to do about the refusal of a command of FTP. */
const HINTS: { readonly [verb: string]: Hint | undefined } = {
  DELE: { fits: isDirectory, text: removeTree },
  RMD: { fits: isFull, text: removeTree },
  MKD: { fits: isMissing, text: '"mkdir -p" creates the directories above too.' },
  RETR: { fits: isDirectory, text: '"ls" lists a directory, and "sync" copies it.' },
  STOR: { fits: isMissing, text: makeFirst },
  APPE: { fits: isMissing, text: makeFirst },
};

/** What to do about a failure, where there is something that mostly helps. */
export function hintFor(error: unknown): string | undefined {
  if (!(error instanceof ClientError)) return undefined;
  const hint = HINTS[error.command?.split(' ', 1)[0] ?? ''];
  return hint?.fits(error.code, error.reply?.lines.join(' ') ?? '') ? hint.text : undefined;
}
