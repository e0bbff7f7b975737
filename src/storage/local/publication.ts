import { fchmodSync } from 'node:fs';
import { type Entry, StorageError } from '../../core/index.ts';
import { removePartial } from './changes.ts';
import { plainEntryOf } from './entries.ts';
import { look, lookAt } from './look.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import type { Temporary } from './temporary.ts';

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
  const mode = await modeAt(place, settings);
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

/** That of the file that is replaced. */
async function modeAt(place: Place, settings: Settings): Promise<number> {
  const stats = await look(place.directory, place.name);
  if (stats?.isDirectory()) throw new StorageError('is-directory', 'This is a directory');
  return stats?.isFile() ? Number(stats.mode & 0o777n) : settings.fileMode;
}
