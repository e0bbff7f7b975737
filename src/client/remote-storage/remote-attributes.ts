import {
  type DigestAlgorithm,
  type ReadOptions,
  type Space,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { timeAndPath } from '../../protocol/index.ts';
import { ask, change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';
import { digest } from '../files/attributes.ts';
import { setMode } from '../files/set-mode.ts';
import { setModified } from '../files/set-modified.ts';
import { explainedFailure, storageFailure } from './storage-failure.ts';

/** @throws StorageError */
export async function setModifiedTime(pool: Pool, path: VirtualPath, time: Date): Promise<void> {
  await explaining(pool, path, setModified(pool, path, time, {}));
}

/** MFCT (draft-somers-ftp-mfxx-04 section 4). @throws StorageError */
export async function setCreatedTime(pool: Pool, path: VirtualPath, time: Date): Promise<void> {
  const argument = timeAndPath.format({ time, path });
  await explaining(
    pool,
    path,
    change(pool, undefined, ({ connection }) => connection.request('MFCT', argument)),
  );
}

/** The nine bits that every server has. @throws StorageError */
export async function setPermissions(pool: Pool, path: VirtualPath, mode: number): Promise<void> {
  await explaining(pool, path, setMode(pool, path, mode & 0o777, {}));
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

/** AVBL tells what is free and not what there is in all, so that both are the same here. @throws StorageError */
export async function spaceAt(pool: Pool, path: VirtualPath): Promise<Space> {
  try {
    const reply = await ask(pool, undefined, ({ connection }) => connection.request('AVBL', path));
    const free = Number.parseInt(reply.lines.at(-1) ?? '', 10);
    if (reply.code === 213 && Number.isSafeInteger(free) && free >= 0) return { free, total: free };
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
