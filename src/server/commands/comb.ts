import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Entry, isSameEntry, type Storage, StorageError, type VirtualPath } from '../../core/index.ts';
import { combination, reply } from '../../protocol/index.ts';
import { forMember } from '../command.ts';

/** A part, as it was when the join began. */
interface Part {
  readonly path: VirtualPath;
  readonly entry: Entry;
}

/**
 * Puts the parts behind the target, in their order, and removes them once the whole is on the medium: for clients that
 * upload a large file in pieces over several connections.
 */
export const comb = forMember({
  verb: 'COMB',
  rfc: 'no RFC',
  usage: 'COMB <target> <part> [<part> ...]',
  summary: 'Join files into one, and remove the parts',
  syntax: combination,
  features: () => ['COMB'],
  async run(member, request) {
    const { storage, session, workspace } = member;
    const { signal } = session;
    const target = member.resolveFile(request.target);
    const paths = request.parts.map((part) => member.resolveFile(part));
    if (paths.length > session.settings.limits.maxCombineParts) return reply(501, 'Too many parts at once');
    if (!paths.every((path) => workspace.policy.allows('delete', path))) {
      throw new StorageError('denied', 'The parts could not be removed: no right to delete');
    }
    const parts: Part[] = [];
    for (const path of paths) parts.push({ path, entry: await storage.stat(path, signal) });
    if (new Set([...parts.map(identity), await targetIdentity(storage, target)]).size <= parts.length) {
      return reply(553, 'A part may be given once, and not as the target');
    }
    const upload = await storage.write(target, { at: 'end', signal });
    try {
      for (const part of parts) {
        signal.throwIfAborted();
        await pipeline(await readWhole(storage, part, signal), upload.sink, { end: false, signal });
      }
      await upload.commit();
    } catch (error) {
      await upload.discard();
      throw error;
    }
    session.publish({ event: 'file.changed', change: 'combined', path: target });
    const changed = await removeUnchanged(storage, parts);
    return reply(250, `Joined ${parts.length} parts${changed === 0 ? '' : `; ${changed} changed meanwhile and stay`}`);
  },
});

/** One file has many paths: through links, and by further names. */
function identity({ path, entry }: Part): string {
  return entry.unique ?? path;
}

async function targetIdentity(storage: Storage, path: VirtualPath): Promise<string> {
  const entry = await entryAt(storage, path);
  return entry === undefined ? path : identity({ path, entry });
}

async function entryAt(storage: Storage, path: VirtualPath): Promise<Entry | undefined> {
  try {
    return await storage.stat(path);
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not-found') return undefined;
    throw error;
  }
}

async function readWhole(storage: Storage, { path, entry }: Part, signal: AbortSignal): Promise<Readable> {
  const reader = await storage.read(path, { signal });
  if (isSameEntry(entry, await storage.stat(path, signal))) return reader;
  reader.destroy();
  throw new StorageError('busy', 'A part was changed meanwhile');
}

/** Gives how many stay: what was uploaded over a part meanwhile is in no other file. */
async function removeUnchanged(storage: Storage, parts: readonly Part[]): Promise<number> {
  let changed = 0;
  for (const { path, entry } of parts) {
    const now = await entryAt(storage, path);
    if (now === undefined) continue;
    // Through a link, which is removed without a look at what it leads to.
    if (!isSameEntry(entry, now) || !(await isRemoved(storage, { path, entry }))) changed += 1;
  }
  return changed;
}

/** False where it was changed meanwhile: what was appended to it then, and confirmed, is in no other file. */
async function isRemoved(storage: Storage, { path, entry }: Part): Promise<boolean> {
  try {
    await storage.remove(path, { unchanged: entry });
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'busy') return false;
    if (error instanceof StorageError && error.code === 'not-found') return true;
    throw error;
  }
}
