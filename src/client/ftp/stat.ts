import { baseName, type VirtualPath } from '../../core/index.ts';
import { parseFactsReply, parseSizeReply, parseTimeReply } from '../../protocol/index.ts';
import type { ControlConnection } from '../connection/connection.ts';
import { replyError } from '../connection/reply-error.ts';
import { setType } from '../connection/set-type.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import type { ClientError } from '../errors.ts';
import type { RemoteEntry } from '../listing/entry.ts';
import { tellsFacts } from './fetch-listing.ts';

/** MLST; undefined where the server has none. */
export async function askFacts(
  { connection, features }: SignedIn,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<RemoteEntry | undefined> {
  if (!tellsFacts({ connection, features })) return undefined;
  const accept = (code: number): boolean => UNKNOWN_HERE.has(code) || code === 550;
  const reply = await connection.request('MLST', path, { signal, accept });
  if (reply.code === 550) throw await refusal(replyError(reply, 'command', `MLST ${path}`), connection, path, signal);
  const facts = parseFactsReply(reply);
  if (!facts) return undefined;
  const { role: _role, ...rest } = facts;
  return { ...rest, name: baseName(path), path };
}

/** Servers that announce MLST and do not have it, or have none of it for this path. */
const UNKNOWN_HERE: ReadonlySet<number> = new Set([500, 501, 502, 504]);

/** ProFTPD 1.3.8 says "cannot be listed" of what is not there; to CWD it says why. */
async function refusal(
  error: ClientError,
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<ClientError> {
  if (error.code === 'not-found') return error;
  const reply = await connection.request('CWD', path, { signal, accept: isRefusal });
  const second = replyError(reply, 'command', `CWD ${path}`);
  return reply.code >= 400 && second.code === 'not-found' ? second : error;
}

/** A directory can be entered, and a file has a size. */
export async function probe(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<RemoteEntry | undefined> {
  const name = baseName(path);
  // SIZE tells what TYPE makes of a file: its own length in TYPE I alone (RFC 3659 section 4).
  await setType(connection, 'I', signal);
  const asked = ['CWD', 'SIZE', 'MDTM'] as const;
  const replies = await connection.requestAll(
    asked.map((verb) => [verb, path] as const),
    { signal },
  );
  const passing = replies.findIndex(({ code }) => code >= 300 && code < 500);
  if (replies[passing]) throw connection.refusal(replies[passing], 'command', `${asked[passing]} ${path}`);
  const [entered, sized, timed] = replies;
  if (entered && entered.code < 300) return { name, path, kind: 'directory' };
  const size = sized && parseSizeReply(sized);
  const modified = timed && parseTimeReply(timed);
  if (size === undefined && modified === undefined) return undefined;
  return {
    name,
    path,
    kind: 'file',
    ...(size !== undefined && { size }),
    ...(modified && { modified, modifiedPrecision: 'second' as const }),
  };
}

function isRefusal(code: number): boolean {
  return code >= 500;
}

/** Whether it can be entered. */
export async function canEnter(
  connection: ControlConnection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const reply = await connection.request('CWD', path, { signal, accept: isRefusal });
  return reply.code < 400;
}
