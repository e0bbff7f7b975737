import { unlink } from 'node:fs/promises';
import {
  type CallOptions,
  type KeptFile,
  type KeptFileKey,
  namesOf,
  notFound,
  parentOf,
  ROOT,
  resolvePath,
  StorageError,
  type Trash,
  type VirtualPath,
} from '../../core/index.ts';
import { entryAt, makeDirectory, removePartial } from './changes.ts';
import { copyFile } from './copy-file.ts';
import { EntryLocation } from './entry-location.ts';
import { attempt } from './failures.ts';
import { acquireLock } from './file-lock.ts';
import { type FoundKept, keptDirectory, keptFiles, removeEmptyKept, removeKept } from './kept-files.ts';
import { look } from './look.ts';
import { keptSince } from './names.ts';
import { moveBesideNothing } from './old-name.ts';
import type { LocalStorageSettings } from './settings.ts';
import type { Walk } from './walk.ts';

/** What is kept of the files that stood in a view. */
export class LocalTrash implements Trash {
  readonly #walk: Walk;
  readonly #settings: LocalStorageSettings;

  constructor(walk: Walk, settings: LocalStorageSettings) {
    this.#walk = walk;
    this.#settings = settings;
  }

  async *list(path: VirtualPath, { signal }: CallOptions = {}): AsyncGenerator<KeptFile> {
    const home = await attempt(() => this.#home());
    for await (const found of keptFiles(this.#walk.root, [...home, ...namesOf(path)], signal)) {
      if (await this.isStillPublished(found)) continue;
      const { names, id, since, entry } = found;
      const { kind, size, modified } = entry;
      if (kind === 'directory') continue;
      const stood = resolvePath(ROOT, `/${names.slice(home.length).join('/')}`);
      yield { id, path: stood, since: new Date(since), kind, size, modified };
    }
  }

  restore({ id, path }: KeptFileKey, to: VirtualPath): Promise<void> {
    return attempt(async () => {
      const names = [...(await this.#home()), ...namesOf(path)];
      const opened = keptSince(id) === undefined ? undefined : await keptDirectory(this.#walk.root, names);
      if (!opened) throw notFound();
      {
        await using kept = new EntryLocation({ directory: opened, name: id, chain: [], home: [] }, async () => {
          await opened[Symbol.asyncDispose]();
        });
        if ((await look(opened, id)) === undefined) throw notFound();
        await this.#makeWay(parentOf(to));
        await using target = await this.#walk.resolve(to, false);
        const { protection } = this.#settings;
        const stays = (await protection.isHeld(names)) && !(await protection.isHeld(target.names));
        await this.#restoreTo(kept, target, stays);
      }
      await removeEmptyKept(this.#walk.root, names);
    });
  }

  purge({ id, path }: KeptFileKey): Promise<void> {
    return attempt(async () => {
      const names = [...(await this.#home()), ...namesOf(path)];
      if (await this.#settings.protection.isHeld(names)) throw held();
      const isRemoved = keptSince(id) !== undefined && (await removeKept(this.#walk.root, { names, id }));
      if (!isRemoved) throw notFound();
    });
  }

  /** Whether a crash left it, for the file still has its name. */
  async isStillPublished({ names, entry }: FoundKept): Promise<boolean> {
    if (entry.kind !== 'file') return false;
    try {
      await using location = await this.#walk.ofStorage().resolveNames(names, false);
      return (await entryAt(location))?.unique === entry.unique;
    } catch {
      // Its directory may have gone since. What can't be told is shown, and stays.
      return false;
    }
  }

  /** @param stays what is held stays where it is, and a copy of it is restored to where nothing is held */
  async #restoreTo(kept: EntryLocation, target: EntryLocation, stays: boolean): Promise<void> {
    const { directory, name } = target;
    const { durable, processes } = this.#settings;
    // Two names of one file would change together.
    if (stays || (await hasOtherName(kept))) {
      if ((await entryAt(kept))?.kind === 'link') throw held();
      await copyFile(kept, target, { exclusive: true, keepModified: true }, this.#settings);
      if (!stays) await kept.directory.device.threads(() => unlink(kept.path));
      return;
    }
    await using _ = await acquireLock(directory, name, processes);
    if ((await entryAt(target)) !== undefined) throw new StorageError('exists', 'An entry of this name exists');
    const moved = await entryAt(kept);
    if (moved === undefined) throw notFound();
    const { protection } = this.#settings;
    await (moved.kind === 'link' ? protection.checkLink(target) : protection.checkName(target));
    await moveBesideNothing(kept, target, moved, durable);
    await removePartial(target);
    if (durable) await directory.sync();
  }

  async #makeWay(path: VirtualPath): Promise<void> {
    if (path === ROOT) return;
    await this.#makeWay(parentOf(path));
    await using location = await this.#walk.resolve(path);
    if ((await location.seen()) !== undefined) return;
    await makeDirectory(location, this.#settings);
    if (this.#settings.durable) await location.directory.sync();
  }

  /** The names of the view's root, from that of the storage on. */
  async #home(): Promise<readonly string[]> {
    await using location = await this.#walk.resolve(ROOT);
    return location.home;
  }
}

function held(): StorageError {
  return new StorageError('denied', 'This is under a legal hold, and stays');
}

async function hasOtherName({ directory, name }: EntryLocation): Promise<boolean> {
  const stats = await look(directory, name);
  return stats !== undefined && stats.isFile() && stats.nlink > 1n;
}
