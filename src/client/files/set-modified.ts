import type { CallOptions, VirtualPath } from '../../core/index.ts';
import { formatTime } from '../../protocol/index.ts';
import { change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import { stat } from '../listing/stat.ts';
import type { TimeCommand } from '../server-quirks.ts';

/**
 * Sets the time of a file's last change, in whole seconds, by the first command that works; which one did is remembered,
 * and that none does.
 * @throws ClientError `unsupported` where none does
 */
export async function setModified(pool: Pool, path: VirtualPath, time: Date, options: CallOptions): Promise<void> {
  try {
    await setByAnyCommand(pool, path, time, options);
  } catch (error) {
    if (error instanceof ClientError && error.code === 'unsupported') pool.settings.quirks.withoutTimes = true;
    throw error;
  }
}

/** The same for one upload of many: a server that has said that it can't is not asked again for each. */
export async function keepModified(pool: Pool, path: VirtualPath, time: Date, options: CallOptions): Promise<void> {
  if (pool.settings.quirks.withoutTimes) throw cannot();
  await setModified(pool, path, time, options);
}

async function setByAnyCommand(pool: Pool, path: VirtualPath, time: Date, options: CallOptions): Promise<void> {
  const { signal } = options;
  const digits = formatTime(time).slice(0, YYYYMMDDHHMMSS);
  const refusal = await change(pool, signal, ({ connection, features }) =>
    setBy(connection, features, path, digits, signal),
  );
  if (!refusal) return;
  // A server that takes the time in MDTM for a part of the name says that there is no such file.
  await stat(pool, path, options);
  throw refusal;
}

function cannot(): ClientError {
  return new ClientError('unsupported', 'The server has no command that sets the time of a file', { phase: 'command' });
}

const YYYYMMDDHHMMSS = 14;

const MFMT: TimeCommand = { verb: 'MFMT', argument: (path, time) => `${time} ${path}` };

/** From the likeliest on. The first is vsftpd's and many others'; SITE UTIME is Pure-FTPd's and ProFTPD's, in both forms. */
const OTHERS: readonly TimeCommand[] = [
  { verb: 'MDTM', argument: (path, time) => `${time} ${path}` },
  { verb: 'SITE', argument: (path, time) => `UTIME ${path} ${time} ${time} ${time} UTC` },
  { verb: 'SITE', argument: (path, time) => `UTIME ${time} ${path}` },
];

/** Gives why none of the commands did. */
async function setBy(
  connection: SignedIn['connection'],
  features: SignedIn['features'],
  path: VirtualPath,
  time: string,
  signal: AbortSignal | undefined,
): Promise<ClientError | undefined> {
  const { quirks } = connection.settings;
  const known = features.has('MFMT') ? MFMT : quirks.timeCommand;
  if (known) {
    await connection.request(known.verb, known.argument(path, time), { signal });
    return undefined;
  }
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
  return refusal ?? cannot();
}

/** Replies below are about the command (RFC 959 section 4.2.1). From here on the file refuses: others may not. */
const fileRefusals = 530;
