import { baseName, type Entry, joinPath, parentOf, StorageError, type VirtualPath } from '../../../core/index.ts';
import { type EventFile, filledName, filledPath, isStillFile, type RuleEvent } from '../../../operations/index.ts';
import type { RelocationSettings } from '../../configuration/index.ts';
import type { Action, Performed } from './action.ts';
import { entryAt, eventFile, type FileOfEvent, GONE, isCopy, makeDirectories, withEventFile } from './event-file.ts';

type Kind = 'move' | 'rename' | 'copy';

/**
 * Gives the file of an event another place or name, or a copy there. What an attempt that a crash cut short has done is found
 * again: a file that is at its target already is not moved or copied once more.
 */
export function relocation(kind: Kind, settings: RelocationSettings): Action {
  return {
    kind,
    perform: (event, surroundings) =>
      withEventFile(
        surroundings,
        (found) => relocated(kind, settings, targetsOf(kind, settings, event), found),
        async (files, file) => {
          if (kind === 'copy') return GONE;
          const there = await Promise.all(
            targetsOf(kind, settings, event).map(async (path) => ({
              path,
              entry: await entryAt(files, path, surroundings.signal),
            })),
          );
          // A file of the same length and time may have the first name, but none other that with the number of this event.
          const moved =
            there.find(({ entry }) => entry?.unique === file.unique && entry && isMoved(entry, file)) ??
            there.findLast(({ entry }) => entry && isMoved(entry, file));
          if (!moved?.entry) return GONE;
          return { detail: `is at ${moved.path} already`, file: eventFile(moved.path, moved.entry) };
        },
      ),
  };
}

/** Where the file goes: to the first of these that is free. The second one has the number of the record, and is no other event's. */
function targetsOf(kind: Kind, { to, onExisting }: RelocationSettings, event: RuleEvent): readonly VirtualPath[] {
  const target = targetOf(kind, to, event);
  if (onExisting !== 'number') return [target];
  const [, stem = '', extension = ''] = /^(.+?)((?:\.[^.]*)?)$/s.exec(baseName(target)) ?? [];
  return [target, joinPath(parentOf(target), `${stem}-${event.id.slice(event.id.lastIndexOf('-') + 1)}${extension}`)];
}

/** The path that a template gives. @throws StorageError `invalid-name` */
export function targetOf(kind: Kind, to: string, event: RuleEvent): VirtualPath {
  return kind === 'rename' ? filledName(to, event) : filledPath(to, event);
}

async function relocated(
  kind: Kind,
  { onExisting }: RelocationSettings,
  targets: readonly VirtualPath[],
  found: FileOfEvent,
): Promise<Performed> {
  const exclusive = onExisting !== 'replace';
  for (const to of targets) {
    if (to === found.path) return { detail: `is at ${to} already` };
    await makeDirectories(found, parentOf(to));
    const done = await (kind === 'copy' ? copied : moved)(found, to, exclusive);
    if (done) return done;
  }
  throw new StorageError('exists', `${targets[0]}: something has this name already`);
}

/** Undefined where something else has the name. */
async function moved(found: FileOfEvent, to: VirtualPath, exclusive: boolean): Promise<Performed | undefined> {
  const { files, path, entry, signal } = found;
  try {
    await files.rename(path, to, { unchanged: entry, exclusive, signal });
    return { detail: `moved to ${to}`, file: eventFile(to, entry) };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === 'exists' && exclusive) {
      if (!(await isOneFile(found, to))) return undefined;
      // A crash came before the old name went.
      return moved(found, to, false);
    }
    if (error.code !== 'cross-device') throw error;
  }
  const copy = await copied(found, to, exclusive);
  if (!copy) return undefined;
  const target = await files.stat(to, { followLinks: false, signal });
  const file = eventFile(to, target);
  if (target.unique === undefined || entry.unique === undefined) {
    throw new StorageError('unsupported', `It is copied to ${to}, and stays, as its storage does not tell files apart`);
  }
  // Two mounts may show one file, of which there is no copy then.
  if (target.unique === entry.unique) return { detail: `is at ${to} already`, file };
  try {
    await files.remove(path, { unchanged: entry, signal });
  } catch (error) {
    // What came meanwhile is another file, and stays.
    if (!(error instanceof StorageError) || (error.code !== 'busy' && error.code !== 'not-found')) throw error;
    if ((await entryAt(files, path, signal))?.unique === entry.unique) throw error;
  }
  return { detail: `moved to ${to}, which is in another storage`, file };
}

/** Undefined where something else has the name. */
async function copied(found: FileOfEvent, to: VirtualPath, exclusive: boolean): Promise<Performed | undefined> {
  const { files, path, entry, signal } = found;
  const keepModified = files.can('set-modified', to);
  try {
    await files.copy(path, to, { unchanged: entry, exclusive, keepModified, signal });
    return { detail: `copied to ${to}` };
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'exists' || !exclusive) throw error;
  }
  const isThere = (await isCopy(found, to)) || (await isOneFile(found, to));
  return isThere ? { detail: `is at ${to} already` } : undefined;
}

async function isOneFile({ files, entry, signal }: FileOfEvent, to: VirtualPath): Promise<boolean> {
  return entry.unique !== undefined && (await entryAt(files, to, signal))?.unique === entry.unique;
}

/** A rename keeps all of a file, and a copy in another storage its length and its time. */
function isMoved(entry: Entry, file: EventFile): boolean {
  const isAlike = entry.kind === 'file' && entry.size === file.size;
  // A time that is set may lose a part of a millisecond.
  const isOfTime = Math.abs(entry.modified.getTime() - Date.parse(file.modified)) <= 1;
  return isStillFile(entry, file) || (isAlike && isOfTime);
}
