import type { VirtualPath } from '../../core/index.ts';
import { formatTime } from '../../protocol/index.ts';
import type { Command } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import type { ClientError } from '../errors.ts';
import { cannotSetTimes } from '../files/set-modified.ts';
import type { TimeCommand } from '../server-quirks.ts';

const YYYYMMDDHHMMSS = 14;

const MFMT: TimeCommand = { verb: 'MFMT', argument: (path, time) => `${time} ${path}` };

/** From the likeliest on. The first is vsftpd's and many others'; SITE UTIME is Pure-FTPd's and ProFTPD's, in both forms. */
const OTHERS: readonly TimeCommand[] = [
  { verb: 'MDTM', argument: (path, time) => `${time} ${path}` },
  { verb: 'SITE', argument: (path, time) => `UTIME ${path} ${time} ${time} ${time} UTC` },
  { verb: 'SITE', argument: (path, time) => `UTIME ${time} ${path}` },
];

/**
 * Sets the time of a file, in whole seconds, by the first command that works; which one did is remembered. Gives why none of
 * the commands did.
 */
export async function setModifiedBy(
  signedIn: SignedIn,
  path: VirtualPath,
  date: Date,
  signal: AbortSignal | undefined,
): Promise<ClientError | undefined> {
  const { connection } = signedIn;
  const { quirks } = connection.settings;
  const known = setModifiedCommand(signedIn, path, date);
  if (known) {
    await connection.request(...known, { signal });
    return undefined;
  }
  const time = timeOf(date);
  let refusal: ClientError | undefined;
  for (const command of OTHERS) {
    const accept = (code: number): boolean => code >= 500;
    const reply = await connection.request(command.verb, command.argument(path, time), { signal, accept });
    if (reply.code < 400) {
      quirks.timeCommand = command;
      return undefined;
    }
    const error = replyError(reply, 'command', `${command.verb} ${command.argument(path, time)}`);
    if (reply.code >= fileRefusals && error.code !== 'not-found') refusal ??= error;
  }
  return refusal ?? cannotSetTimes();
}

/** What sets the time, where that is known of the server. */
export function setModifiedCommand(
  { connection, features }: SignedIn,
  path: VirtualPath,
  date: Date,
): Command | undefined {
  const known = features.has('MFMT') ? MFMT : connection.settings.quirks.timeCommand;
  return known && [known.verb, known.argument(path, timeOf(date))];
}

const timeOf = (date: Date): string => formatTime(date).slice(0, YYYYMMDDHHMMSS);

/** Replies below are about the command (RFC 959 section 4.2.1). From here on the file refuses: others may not. */
const fileRefusals = 530;
