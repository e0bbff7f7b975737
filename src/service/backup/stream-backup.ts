import { mkdtemp, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { background } from '../../core/index.ts';
import { archiveOf, type BackedUp, reasonOf } from './archive.ts';
import { BackupError } from './backup-error.ts';
import type { BackupLock } from './encryption.ts';

/** Begins the name of the directory in the data directory that holds the copy of the database meanwhile. */
const WORK = '.streamed-backup-';

/** A backup that goes to whoever reads it, part by part, and is written nowhere. Disposing it before its end breaks it off. */
export interface BackupStream extends AsyncDisposable {
  /** The next bytes; undefined at the end, once the manifest, which is last, has gone out. Rejects where it can't go on. */
  next(): Promise<Uint8Array | undefined>;
}

/**
 * As `makeBackup`, without a file. Only one may be under way in a data directory: what a crash left of an earlier one goes.
 * @param version of Lockport
 * @throws BackupError, StartError
 */
export async function streamBackup(source: BackedUp, lock: BackupLock, version: string): Promise<BackupStream> {
  const { dataDir } = source.configuration;
  await removeLeftOvers(dataDir);
  const work = await mkdtemp(path.join(dataDir, WORK)).catch((cause: unknown) => {
    throw new BackupError(`Can't write in ${dataDir}: ${reasonOf(cause)}`, { cause });
  });
  const clear = () => rm(work, { recursive: true, force: true });
  try {
    const { bytes, packed } = await archiveOf(source, work, lock, version);
    background(packed, () => undefined);
    const reader = bytes.getReader();
    return {
      async next() {
        const { value, done } = await reader.read();
        if (!done) return value;
        await packed;
        return undefined;
      },
      async [Symbol.asyncDispose]() {
        await reader.cancel().catch(() => undefined);
        await packed.catch(() => undefined);
        await clear();
      },
    };
  } catch (error) {
    await clear();
    throw error;
  }
}

async function removeLeftOvers(dataDir: string): Promise<void> {
  const names = (await readdir(dataDir)).filter((name) => name.startsWith(WORK));
  await Promise.all(names.map((name) => rm(path.join(dataDir, name), { recursive: true, force: true })));
}
