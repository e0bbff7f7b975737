import {
  type Attributes,
  type CallOptions,
  type DigestAlgorithm,
  type ReadOptions,
  type Space,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { ask, change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { digest } from '../files/attributes.ts';
import { setMode } from '../files/set-mode.ts';
import { setModified } from '../files/set-modified.ts';
import { explainedFailure, storageFailure } from './storage-failure.ts';

/** One command for each, as FTP has no other that every server knows. @throws StorageError */
export async function setAttributes(
  pool: Pool,
  settable: readonly (keyof Attributes)[],
  path: VirtualPath,
  { modified, created, mode }: Attributes,
  { signal }: CallOptions,
): Promise<void> {
  const given = { modified, created, mode };
  const isLacking = (['modified', 'created', 'mode'] as const).some(
    (attribute) => given[attribute] !== undefined && !settable.includes(attribute),
  );
  if (isLacking) throw new StorageError('unsupported', 'The server can not set that');
  if (modified) await explaining(pool, path, setModified(pool, path, modified, { signal }));
  if (created) await explaining(pool, path, setCreated(pool, path, created, signal));
  // The nine bits that every server has.
  if (mode !== undefined) await explaining(pool, path, setMode(pool, path, mode & 0o777, { signal }));
}

async function setCreated(pool: Pool, path: VirtualPath, time: Date, signal: AbortSignal | undefined): Promise<void> {
  await change(pool, signal, async (session) => session.setCreated?.(path, time, signal));
}

/** @throws StorageError */
export async function digestOf(
  pool: Pool,
  path: VirtualPath,
  algorithm: DigestAlgorithm,
  options: ReadOptions,
): Promise<Uint8Array> {
  return explaining(pool, path, digest(pool, path, algorithm, options));
}

/** @throws StorageError */
export async function spaceAt(pool: Pool, path: VirtualPath, { signal }: CallOptions = {}): Promise<Space> {
  try {
    const space = await ask(pool, signal, async (session) => session.space?.(path, signal));
    if (space) return space;
  } catch (error) {
    throw storageFailure(error);
  }
  throw new StorageError('io', 'The server does not say how much room it has');
}

async function explaining<T>(pool: Pool, path: VirtualPath, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw await explainedFailure(error, pool, path, { directory: 'is-directory', nothing: 'not-found' });
  }
}
