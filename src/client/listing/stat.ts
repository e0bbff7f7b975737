import { baseName, parentOf, ROOT, type VirtualPath } from '../../core/index.ts';
import { parseFactsReply } from '../../protocol/index.ts';
import { ask } from '../connection/call.ts';
import type { Connection } from '../connection/connection.ts';
import type { Pool } from '../connection/pool.ts';
import { replyError } from '../connection/reply-error.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import { ClientError } from '../errors.ts';
import { askModified, askSize } from '../files/attributes.ts';
import type { CallOptions } from '../options.ts';
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
  const { learnt } = connection.settings;
  if (!hasMachineListing(features) || learnt.withoutMachineListing) return undefined;
  const accept = (code: number): boolean => code === 500 || code === 502 || code === 550;
  const reply = await connection.request('MLST', path, { signal, accept });
  if (reply.code === 550) throw await refusal(replyError(reply, 'command', `MLST ${path}`), connection, path, signal);
  const facts = parseFactsReply(reply);
  if (!facts) return undefined;
  const { role: _role, ...rest } = facts;
  return { ...rest, name: baseName(path), path };
}

/** ProFTPD 1.3.8 says "cannot be listed" of what is not there; to CWD it says why. */
async function refusal(
  error: ClientError,
  connection: Connection,
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
    for await (const entry of entriesOf(pool, parentOf(path), options)) {
      if (entry.name === name) return entry;
    }
  } catch (error) {
    if (error instanceof ClientError && error.code === 'refused') return 'unknown';
    throw error;
  }
  return name.startsWith('.') ? 'unknown' : undefined;
}

/** A directory can be entered, and a file has a size. */
export async function probe(
  connection: Connection,
  path: VirtualPath,
  signal: AbortSignal | undefined,
): Promise<RemoteEntry | undefined> {
  const name = baseName(path);
  const entered = await connection.request('CWD', path, { signal, accept: isRefusal });
  if (entered.code < 400) return { name, path, kind: 'directory' };
  const size = await unlessRefused(askSize(connection, path, signal));
  const modified = await unlessRefused(askModified(connection, path, signal));
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

async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ClientError && error.reply && error.reply.code >= 500) return undefined;
    throw error;
  }
}
