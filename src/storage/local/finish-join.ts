import { type FileHandle, open } from 'node:fs/promises';
import { copyRange } from './copy-range.ts';
import { type Directory, removeName } from './directory.ts';
import { plainEntryOf } from './entries.ts';
import { unless } from './failures.ts';
import { acquireLock } from './file-lock.ts';
import { isJoining, type JoinRecord, openRecord, RECORD_BYTES } from './join-record.ts';
import { lookAt } from './look.ts';
import { joinName } from './names.ts';
import { CHANGE_FILE } from './open-flags.ts';

/** Waits until no join to the file is under way, and finishes an interrupted one. @throws StorageError `busy` where that takes too long */
export async function recoverJoin(directory: Directory, name: string): Promise<void> {
  await using _ = await acquireLock(directory, name);
  await finishJoin(directory, name);
}

/** Finishes a join that a crash interrupted, if the file is still the one that it began with. The caller holds the lock of the file. */
export async function finishJoin(directory: Directory, name: string): Promise<void> {
  await using open = await openRecord(directory, name);
  if (open === undefined) return;
  await redo(directory, name, open.handle, open.record);
  await removeName(directory, open.record.aside);
  await removeName(directory, joinName(name));
  await directory.sync();
}

async function redo(directory: Directory, name: string, from: FileHandle, record: JoinRecord): Promise<void> {
  const { device } = directory;
  const { size, length, mode } = record;
  const handle = await unless(
    ['ENOENT', 'ELOOP', 'EISDIR'],
    device.threads(() => open(directory.at(name), CHANGE_FILE)),
  );
  if (handle === undefined) return;
  try {
    const entry = plainEntryOf(name, await lookAt(handle, device));
    // Without the mark no byte was joined, or all were, or it is a new file with the number of one that is gone.
    if (entry.unique !== record.unique || !isJoining(entry)) return;
    // Beyond these somebody else has written to it, and what is whose can't be told.
    if (entry.size >= size && entry.size <= size + length) {
      try {
        for await (const _ of copyRange(from, handle, { from: RECORD_BYTES, to: size, length, device }));
        await device.threads(() => handle.datasync());
      } catch {
        // No room: the upload was not confirmed, so the file may be as it was.
        await device.threads(() => handle.truncate(size));
      }
    }
    await device.threads(() => handle.chmod(mode));
  } finally {
    await device.threads(() => handle.close());
  }
}
