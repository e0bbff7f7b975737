import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { syncDirectory } from '../../operations/index.ts';
import { archiveOf, type BackedUp, reasonOf } from './archive.ts';
import { BackupError } from './backup-error.ts';
import type { BackupLock } from './encryption.ts';
import type { BackupManifest } from './manifest.ts';

/**
 * Writes a backup of a server, which may run. The target appears whole, and only its owner may read it.
 * @param version of Lockport
 * @throws BackupError, StartError
 */
export async function makeBackup(
  source: BackedUp,
  target: string,
  lock: BackupLock,
  version: string,
): Promise<BackupManifest> {
  const directory = path.dirname(target);
  await refuseExisting(target);
  const work = await mkdtemp(path.join(directory, '.lockport-backup-')).catch((cause: unknown) => {
    throw new BackupError(`Can't write in ${directory}: ${reasonOf(cause)}`, { cause });
  });
  try {
    const { bytes, manifest, packed } = await archiveOf(source, work, lock, version);
    const part = path.join(work, 'backup');
    const output = createWriteStream(part, { mode: 0o600, flush: true });
    await Promise.all([packed, pipeline(Readable.fromWeb(bytes), output)]);
    await refuseExisting(target);
    await rename(part, target);
    await syncDirectory(directory);
    return manifest;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function refuseExisting(target: string): Promise<void> {
  const isThere = await stat(target).then(
    () => true,
    () => false,
  );
  if (isThere) throw new BackupError(`${target} is there already: name another file`);
}
