import { type BigIntStats, fchmodSync, fchownSync, futimesSync } from 'node:fs';
import { notFound, StorageError, type StoredEntry } from '../../core/index.ts';
import { isKept } from './attributes.ts';
import { removePartial } from './changes.ts';
import { entryOf, plainEntryOf } from './entries.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { replacing } from './file-keeper.ts';
import { acquireLock } from './file-lock.ts';
import { look, lookAt } from './look.ts';
import { UNCHANGED } from './open-flags.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Temporary } from './temporary.ts';

interface Publication {
  /** Fails with `exists` where anything has the name. */
  readonly exclusive?: boolean | undefined;
  /** Fails where no file has the name. */
  readonly existing?: boolean | undefined;
  /** Throws where the file may not be replaced: asked last. */
  readonly check?: (() => Promise<void>) | undefined;
  /** The time that the file gets together with its name; where the disk can't keep it, it keeps its own. */
  readonly modified?: Date | undefined;
  /** Whether what it replaces is in it, so that nothing is lost. Default: false. */
  readonly holdsReplaced?: boolean | undefined;
  /** Whether the caller holds the lock of the file. */
  readonly isLocked?: boolean | undefined;
}

/** Who may read a file. */
interface Access {
  readonly mode: number;
  readonly group: number | undefined;
}

/**
 * First the bytes, then the name, then the directory that holds the name: each is on the medium before the next. The name is
 * given under its lock, so that no append to the file that had it is lost. The slow work is done before the lock is taken.
 */
export async function publish(
  location: EntryLocation,
  temporary: Temporary,
  settings: LocalStorageSettings,
  { exclusive = false, existing = false, check, modified, holdsReplaced = false, isLocked = false }: Publication = {},
): Promise<StoredEntry> {
  const { handle, device } = temporary;
  let given: Access | undefined;
  if (modified) await giveTime(temporary, modified);
  if (settings.durable) {
    given = accessOf(await look(location.directory, location.name), settings);
    await giveAccess(temporary, given, settings);
    await device.threads(() => handle.datasync());
  }
  let entry: StoredEntry;
  {
    await using _ = isLocked ? undefined : await acquireLock(location.directory, location.name, settings.processes);
    const stats = await look(location.directory, location.name);
    const access = accessOf(stats, settings);
    if (existing && !stats?.isFile()) throw notFound();
    await settings.protection.checkName(location);
    if (access.mode !== given?.mode || access.group !== given.group) await giveAccess(temporary, access, settings);
    entry = plainEntryOf(location.name, await lookAt(handle, device));
    if (check) await check();
    const keeps = stats !== undefined && !exclusive && !holdsReplaced;
    await replacing(location, keeps ? settings.keeper : undefined, () =>
      exclusive ? temporary.publishNew() : temporary.publish(),
    );
    const partial = await removePartial(location);
    const replaced = stats ? entryOf(location.name, stats) : partial;
    if (replaced) entry = { ...entry, replaced };
  }
  if (settings.durable) await location.directory.sync();
  return entry;
}

async function giveTime({ handle, device }: Temporary, modified: Date): Promise<void> {
  const give = (time: Date): Promise<void> =>
    device.attributes.ask(
      () => futimesSync(handle.fd, new Date(), time),
      () => handle.utimes(new Date(), time),
    );
  await give(modified);
  if (!isKept(modified, plainEntryOf('', await lookAt(handle, device)).modified)) await give(new Date());
}

/** As with the file that is replaced. */
function accessOf(stats: BigIntStats | undefined, { fileMode, fileGroup }: LocalStorageSettings): Access {
  if (stats?.isDirectory()) throw new StorageError('is-directory', 'This is a directory');
  return stats?.isFile()
    ? { mode: Number(stats.mode & 0o777n), group: Number(stats.gid) }
    : { mode: fileMode, group: fileGroup };
}

async function giveAccess(
  temporary: Temporary,
  { mode, group }: Access,
  { fileGroup }: LocalStorageSettings,
): Promise<void> {
  const { handle, device } = temporary;
  // First the group: giving a file away takes bits of its mode.
  if (group !== undefined && fileGroup !== undefined) await give(temporary, group, fileGroup);
  await device.attributes.ask(
    () => fchmodSync(handle.fd, mode),
    () => handle.chmod(mode),
  );
}

/** Where the process may not give it to the group, as it may be with the one of a file that is replaced, `otherwise` gets it. */
async function give({ handle, device }: Temporary, group: number, otherwise: number): Promise<void> {
  const chown = async (gid: number) => {
    await device.attributes.ask(
      () => fchownSync(handle.fd, UNCHANGED, gid),
      () => handle.chown(UNCHANGED, gid),
    );
    return true;
  };
  if (group !== otherwise && (await unless(['EPERM'], chown(group)))) return;
  await chown(otherwise);
}
