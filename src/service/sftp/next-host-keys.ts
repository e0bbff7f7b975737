import { chown, link, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { type HostKeyKind, identifyHostKey, makeHostKey } from '../../sftp/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { StartError } from '../start-error.ts';
import { existing, fileOf, type HostKeyInUse, readable, writeWhole } from './host-keys.ts';

type Places = Pick<Configuration, 'dataDir' | 'sftp'>;

/** The private keys that will take the place of those in use. @throws StartError where one can't be read */
export async function readNextHostKeys(places: Places): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const { next } of filesOf(places)) {
    const key = await existing(next);
    if (key === undefined) continue;
    await readable(next, () => identifyHostKey(key));
    keys.push(key);
  }
  return keys;
}

/** Makes the next key of each kind, where there is none, and tells all of them. @throws StartError */
export async function makeNextHostKeys(places: Places): Promise<readonly HostKeyInUse[]> {
  const directory = pathsIn(places.dataDir).ssh;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const found: HostKeyInUse[] = [];
  for (const { kind, next } of filesOf(places)) {
    let key = await existing(next);
    if (key === undefined) {
      key = await readable(next, () => makeHostKey(kind));
      await writeWhole(next, key);
      await giveToOwnerOf(directory, next);
    }
    const text = key;
    found.push({ file: next, ...(await readable(next, () => identifyHostKey(text))) });
  }
  return found;
}

/**
 * Puts the next keys into use, from the next start or reload on. The keys before stay beside them, in files with `former` in
 * their names.
 * @throws StartError where there is none
 */
export async function useNextHostKeys(places: Places): Promise<readonly HostKeyInUse[]> {
  const found: HostKeyInUse[] = [];
  for (const { next, current, former } of filesOf(places)) {
    const key = await existing(next);
    if (key === undefined) continue;
    const identity = await readable(next, () => identifyHostKey(key));
    if ((await existing(current)) !== undefined) {
      await rm(former, { force: true });
      await link(current, former);
    }
    await rename(next, current);
    found.push({ file: current, ...identity });
  }
  if (found.length > 0) return found;
  throw new StartError('There are no next host keys: "lockport host-key next" makes them');
}

function filesOf({ dataDir, sftp }: Places): readonly {
  readonly kind: HostKeyKind;
  readonly next: string;
  readonly current: string;
  readonly former: string;
}[] {
  const directory = pathsIn(dataDir).ssh;
  return [...new Set(sftp.hostKeys)].map((kind) => ({
    kind,
    current: fileOf(directory, kind),
    next: path.join(directory, `next_${kind}`),
    former: path.join(directory, `former_${kind}`),
  }));
}

/** The service reads it as another user than root, who may have made it. */
async function giveToOwnerOf(directory: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(directory);
  await chown(file, uid, gid);
}
