import { baseName, type CallOptions, parentOf, ROOT, type VirtualPath } from '../../core/index.ts';
import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { ClientError } from '../errors.ts';
import { entriesOf } from './directory-entries.ts';
import type { RemoteEntry } from './entry.ts';

/** One entry: as the server tells it, or else from the listing of its directory, or else by asking what can be done with it. */
export async function stat(pool: Pool, path: VirtualPath, options: CallOptions): Promise<RemoteEntry> {
  const { signal } = options;
  const facts = await ask(pool, signal, (session) => session.stat(path, signal));
  if (facts) return facts;
  if (path === ROOT) return { name: '', path, kind: 'directory' };
  const listed = await findListed(pool, path, options);
  const entry = listed === 'unknown' ? await ask(pool, signal, (session) => session.probe(path, signal)) : listed;
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
