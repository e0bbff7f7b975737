import { link, open, rename } from 'node:fs/promises';
import type { Entry } from '../../core/index.ts';
import { type Directory, removeName } from './directory.ts';
import { entryOf } from './entries.ts';
import { errorCode } from './failures.ts';
import { entriesIn } from './listing.ts';
import { look, lookAt } from './look.ts';
import { claimOf, isReserved, type PartialClaim, partialName } from './names.ts';
import { CHANGE_FILE } from './open-flags.ts';

/** Where a file can have no second name. */
const NO_LINKS = new Set(['EPERM', 'EACCES', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** A temporary file of an upload that ended with its process. */
interface Left {
  readonly name: string;
  readonly claim: PartialClaim;
  /** When it was last written to, in ns since 1970. */
  readonly modified: bigint;
  readonly entry: Entry | undefined;
}

interface GivenBack {
  /** How many interrupted uploads can be gone on with again. */
  readonly restored: number;
  /** Temporary files of which nothing is needed any more. */
  readonly unneeded: readonly string[];
}

/**
 * Gives interrupted uploads the name back under which they were kept, as far as they were gone on from: what came later was
 * never acknowledged, and after a loss of power need not be what was sent. A file that was published since then, or an
 * upload that was interrupted, comes before them.
 * @param names temporary files of uploads that ended with their process, each with a claim
 */
export async function giveBack(directory: Directory, names: readonly string[]): Promise<GivenBack> {
  const all: Left[] = [];
  for (const name of names) {
    const [claim, stats] = [claimOf(name), await look(directory, name)];
    if (claim && stats) all.push({ name, claim, modified: stats.mtimeNs, entry: entryOf(name, stats) });
  }
  const outdated = all.length === 0 ? new Set<Left>() : await outdatedAmong(directory, all);
  const unneeded: string[] = [];
  // Of two with one claim the later one comes first.
  for (const left of all.toSorted((one, other) => Number(other.modified - one.modified))) {
    const isKept = left.entry?.kind === 'file' && left.claim.bytes > 0 && !outdated.has(left);
    const isNeeded = isKept && (await restore(directory, left));
    if (!isNeeded) unneeded.push(left.name);
  }
  return { restored: all.length - unneeded.length, unneeded };
}

/**
 * By one look at all names of the directory: whether the file is published only its own name tells. A crash between the two
 * steps of `restore` leaves both names, and under the other one it may be in use again.
 */
async function outdatedAmong(directory: Directory, all: readonly Left[]): Promise<ReadonlySet<Left>> {
  const byPartial = Map.groupBy(all, ({ claim }) => claim.partial);
  const byUnique = Map.groupBy(all, ({ entry }) => entry?.unique);
  const outdated = new Set<Left>();
  for await (const entries of entriesIn(directory)) {
    for (const { name, unique } of entries) {
      const published = isReserved(name) ? [] : (byPartial.get(partialName(name)) ?? []);
      const renamed = (byUnique.get(unique) ?? []).filter((left) => left.name !== name);
      for (const left of [...published, ...renamed]) outdated.add(left);
    }
  }
  return outdated;
}

/** False where a later interrupted upload has the name. */
async function restore(directory: Directory, { name, claim }: Left): Promise<boolean> {
  const { device } = directory;
  const handle = await device.threads(() => open(directory.at(name), CHANGE_FILE));
  try {
    const { size } = await lookAt(handle, device);
    if (size > claim.bytes) await device.threads(() => handle.truncate(claim.bytes));
  } finally {
    await device.threads(() => handle.close());
  }
  const [from, to] = [directory.at(name), directory.at(claim.partial)];
  try {
    await device.threads(() => link(from, to));
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    if (!NO_LINKS.has(errorCode(error))) throw error;
    if ((await look(directory, claim.partial)) !== undefined) return false;
    await device.threads(() => rename(from, to));
  }
  await removeName(directory, name);
  return true;
}
