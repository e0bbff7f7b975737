import {
  checkPosition,
  parentOf,
  StorageError,
  type Upload,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';
import { canBundle, isSmall } from '../bundle/bundles.ts';
import type { Pool } from '../connection/pool.ts';
import { isLarge } from '../connection/remote-file.ts';
import { bundledUpload } from './bundled-upload.ts';
import { publishesWhole } from './own-server.ts';
import { spaceAt } from './remote-attributes.ts';
import { entryAt } from './remote-entries.ts';
import { RemoteUpload } from './remote-upload.ts';
import { storageFailure } from './storage-failure.ts';
import { beside, checkPresence, inPlace } from './upload-destination.ts';

interface RemoteWriteOptions extends WriteOptions {
  /** Whether the server says how much room it has. */
  readonly tellsSpace: boolean;
}

/** Begins an upload. @throws StorageError */
export async function openUpload(pool: Pool, path: VirtualPath, options: RemoteWriteOptions): Promise<Upload> {
  const { at, expectedSize, signal } = options;
  if (signal?.aborted) throw new StorageError('aborted', 'The upload was aborted', { cause: signal.reason });
  if (typeof at === 'number') checkPosition(at);
  const isPlain = at === undefined && !options.exclusive && !options.existing;
  if (isPlain && canBundle(pool, 'STOR') && isSmall(pool, expectedSize)) {
    return bundledUpload(pool, path, options, () => openAlone(pool, path, options));
  }
  return openAlone(pool, path, options);
}

async function openAlone(pool: Pool, path: VirtualPath, options: RemoteWriteOptions): Promise<Upload> {
  const { at, expectedSize, signal } = options;
  await checkPresence(pool, path, options);
  if (isLarge(expectedSize) && options.tellsSpace && expectedSize > (await spaceAt(pool, parentOf(path))).free) {
    throw new StorageError('no-space', 'The server has no room for this');
  }
  // A file that is made as a whole goes beside its name, where the server would show it early.
  const goesOn = at !== undefined && at !== 0 && !options.exclusive;
  if (goesOn && at !== 'end' && !(await isPublishedWhole(pool))) await checkReach(pool, path, at, signal);
  const destination = goesOn || (await isPublishedWhole(pool)) ? inPlace : beside;
  return RemoteUpload.begin(pool, await destination(pool, path, options), signal);
}

/** Many servers take any position, and fill with zeros what is missing before it. */
async function checkReach(pool: Pool, path: VirtualPath, at: number, signal: AbortSignal | undefined): Promise<void> {
  const entry = await entryAt(pool, path, { signal });
  if (at > (entry?.size ?? 0)) throw new StorageError('bad-offset', 'The position lies behind the end of the file');
}

async function isPublishedWhole(pool: Pool): Promise<boolean> {
  try {
    return await publishesWhole(pool);
  } catch (error) {
    throw storageFailure(error);
  }
}
