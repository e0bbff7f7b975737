import { parentOf, StorageError, type Upload, type VirtualPath, type WriteOptions } from '../core/index.ts';
import { ask } from './call.ts';
import type { Pool } from './pool.ts';
import { spaceAt } from './remote-attributes.ts';
import { RemoteUpload } from './remote-upload.ts';
import { storageFailure } from './storage-failure.ts';
import { beside, checkExclusive, inPlace } from './upload-destination.ts';

/** Begins an upload. @throws StorageError */
export async function openUpload(
  pool: Pool,
  features: ReadonlyMap<string, string>,
  path: VirtualPath,
  options: WriteOptions,
): Promise<Upload> {
  const { at, expectedSize, signal } = options;
  if (signal?.aborted) throw new StorageError('aborted', 'The upload was aborted', { cause: signal.reason });
  if (typeof at === 'number' && !(Number.isSafeInteger(at) && at >= 0)) {
    throw new StorageError('bad-offset', 'No byte has this position');
  }
  await checkExclusive(pool, path, options);
  if (expectedSize !== undefined && features.has('AVBL') && expectedSize > (await spaceAt(pool, parentOf(path))).free) {
    throw new StorageError('no-space', 'The server has no room for this');
  }
  const isInPlace = at !== undefined || (await publishesWhole(pool, features));
  return RemoteUpload.begin(pool, isInPlace ? inPlace(pool, path, options) : beside(pool, path, options), signal);
}

/**
 * Whether the server shows an upload when it is whole and not before, and keeps an interrupted one for resuming. That is
 * known of our own server alone, which says its name (draft-peterson-streamlined-ftp-command-extensions-10 section 3).
 */
async function publishesWhole(pool: Pool, features: ReadonlyMap<string, string>): Promise<boolean> {
  const { learnt } = pool.settings;
  if (!features.has('CSID')) return false;
  learnt.publishesWhole ??= await saysLockport(pool);
  return learnt.publishesWhole;
}

async function saysLockport(pool: Pool): Promise<boolean> {
  try {
    const accept = (code: number): boolean => code >= 500;
    const reply = await ask(pool, undefined, ({ connection }) =>
      connection.request('CSID', 'Name=Lockport;', { accept }),
    );
    return reply.code === 200 && reply.lines.some((line) => line.includes('Name=Lockport;'));
  } catch (error) {
    throw storageFailure(error);
  }
}
