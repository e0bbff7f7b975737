import { fchmodSync, fchownSync } from 'node:fs';
import { type Entry, StorageError } from '../../core/index.ts';
import { removePartial } from './changes.ts';
import { plainEntryOf } from './entries.ts';
import { unless } from './failures.ts';
import { look, lookAt } from './look.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import type { Temporary } from './temporary.ts';

/** As the number of a user: who owns it stays. */
const UNCHANGED = -1;

interface Publication {
  /** Fails with `exists` where anything has the name. */
  readonly exclusive?: boolean | undefined;
  /** Throws where the file may not be replaced: asked last. */
  readonly check?: (() => Promise<void>) | undefined;
}

/** First the bytes, then the name, then the directory that holds the name: each on the medium before the next. */
export async function publish(
  place: Place,
  temporary: Temporary,
  settings: Settings,
  { exclusive = false, check }: Publication = {},
): Promise<Entry> {
  const { handle, device } = temporary;
  const { mode, group } = await accessAt(place, settings);
  // First the group: giving a file away takes bits of its mode.
  if (group !== undefined && settings.fileGroup !== undefined) await give(temporary, group, settings.fileGroup);
  await device.attributes.ask(
    () => fchmodSync(handle.fd, mode),
    () => handle.chmod(mode),
  );
  if (settings.durable) await device.threads(() => handle.datasync());
  const entry = plainEntryOf(place.name, await lookAt(handle, device));
  await check?.();
  await (exclusive ? temporary.publishNew() : temporary.publish());
  await removePartial(place);
  if (settings.durable) await place.directory.sync();
  return entry;
}

/** Who may read the file: as with the one that is replaced. */
async function accessAt(
  place: Place,
  { fileMode, fileGroup }: Settings,
): Promise<{ mode: number; group: number | undefined }> {
  const stats = await look(place.directory, place.name);
  if (stats?.isDirectory()) throw new StorageError('is-directory', 'This is a directory');
  return stats?.isFile()
    ? { mode: Number(stats.mode & 0o777n), group: Number(stats.gid) }
    : { mode: fileMode, group: fileGroup };
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
