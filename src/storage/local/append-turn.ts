import { setTimeout } from 'node:timers/promises';
import { StorageError } from '../../core/index.ts';
import { removeName } from './directory.ts';
import { settleJoin } from './join.ts';
import { openRecord, recordBytes } from './join-record.ts';
import { look } from './look.ts';
import { joinName } from './names.ts';
import type { Place } from './place.ts';
import { Temporary } from './temporary.ts';

/** How long an upload waits for those that change the file before it. */
const MAX_WAIT_MS = 30_000;
const LOOK_AGAIN_MS = 5;

/**
 * Has a file to itself among the uploads that go on from what it is, in whatever process, until this is disposed: between
 * the look at the file and its replacement nothing is appended to it. The turn is a record of a join without a file: what a
 * crash leaves of it says that nothing is to be done.
 * @throws StorageError `busy` where that takes too long
 */
export async function takeAppendTurn(place: Place): Promise<AsyncDisposable> {
  const { directory, name } = place;
  const holder = await Temporary.create(place);
  try {
    const record = recordBytes({ name, aside: holder.name, unique: '', size: 0, mode: 0, length: 0 });
    await holder.device.threads(() => holder.handle.write(record, 0, record.length, 0));
    const isOurs = await linked(place, holder);
    return {
      async [Symbol.asyncDispose]() {
        if (isOurs) await removeName(directory, joinName(name));
        await holder.remove();
      },
    };
  } catch (error) {
    await holder.remove();
    throw error;
  }
}

/** Whether the turn has its name; without one where the medium has no further names, or what has the name can't be read. */
async function linked(place: Place, holder: Temporary): Promise<boolean> {
  const { directory, name } = place;
  for (const deadline = performance.now() + MAX_WAIT_MS; performance.now() < deadline; ) {
    const outcome = await holder.linkAs(joinName(name));
    if (outcome !== 'taken') return outcome === 'linked';
    if (await isUnreadable(place)) return false;
    await settleJoin(directory, name);
    await setTimeout(LOOK_AGAIN_MS);
  }
  throw new StorageError('busy', 'Other uploads are being appended to this file');
}

async function isUnreadable({ directory, name }: Place): Promise<boolean> {
  const before = await look(directory, joinName(name));
  if (before === undefined) return false;
  await using open = await openRecord(directory, name);
  if (open !== undefined) return false;
  const now = await look(directory, joinName(name));
  return now?.ino === before.ino && now.ctimeNs === before.ctimeNs;
}
