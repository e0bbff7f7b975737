import { baseName, type CallOptions, parentOf, ROOT, type VirtualPath } from '../../core/index.ts';
import { parseFactsReply, parseSizeReply, parseTimeReply } from '../../protocol/index.ts';
import { ask } from '../connection/call.ts';
import type { ControlConnection } from '../connection/connection.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';
import { setType } from '../connection/set-type.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import { entriesOf } from './directory-entries.ts';
import type { RemoteEntry } from './entry.ts';
import { hasMachineListing } from './fetch-listing.ts';

/** One entry: by MLST, or else from the listing of its directory, or else by asking what can be done with it. */
export async function stat(pool: Pool, path: VirtualPath, options: CallOptions): Promise<RemoteEntry> {
  const { signal } = options;
  const facts = await ask(pool, signal, (signedIn) => askFacts(signedIn, path, signal));
  if (facts) return facts;
  if (path === ROOT) return { name: '', path, kind: 'directory' };
  const listed = await findListed(pool, path, options);
  const entry =
    listed === 'unknown' ? await ask(pool, signal, ({ connection }) => probe(connection, path, signal)) : listed;
  if (!entry) throw new ClientError('not-found', `There is no ${path}`, { phase: 'command' });
  return entry;
}

/** What stands there, or false for nothing. */
export async function exists(
  pool: Pool,
  path: VirtualPath,
  options: CallOptions,
): Promise<RemoteEntry['kind'] | false> {
  try {
    return (await stat(pool, path, options)).kind;
  } catch (error) {
    if (error instanceof ClientError && error.code === 'not-found') return false;
    throw error;
  }
}

/** MLST; undefined where the server has none. */
async function askFacts(
  { connection, features }: SignedIn,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<RemoteEntry | undefined> {
  const { quirks } = connection.settings;
  if (!hasMachineListing(features) || quirks.withoutMachineListing) return undefined;
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

/** Undefined where it is certain that there is none: a hidden name, or a directory that can't be listed, tells nothing. */
async function findListed(
  pool: Pool,
  path: VirtualPath,
  options: CallOptions,
): Promise<RemoteEntry | undefined | 'unknown'> {
  const name = baseName(path);
  try {
    for await (const entry of entriesOf(pool, parentOf(path), { ...options, needsEnd: true })) {
      if (entry.name === name) return entry;
    }
  } catch (error) {
    if (error instanceof ClientError && TELLS_NOTHING.has(error.code)) return 'unknown';
    throw error;
  }
  return name.startsWith('.') ? 'unknown' : undefined;
}

const TELLS_NOTHING: ReadonlySet<string> = new Set(['refused', 'incomplete-listing']);

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
