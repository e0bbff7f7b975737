import { readlinkSync } from 'node:fs';
import { type FileHandle, readFile } from 'node:fs/promises';
import { decodeText } from '../core/index.ts';
import { type Device, unknownDevice } from './device.ts';
import { type MountNode, mountTree } from './mounts.ts';

/** How old the list of mounts may be. A file system that is mounted is known for what it is so much later. */
const FRESH_MS = 1000;

/** Where a directory of the host lies. */
export interface Volume {
  readonly device: Device;
  /** What is mounted below it, as a tree. */
  readonly mounts: ReadonlyMap<string, MountNode>;
}

/**
 * Tells where the directory at these names from the host's root lies: at once, and again when that has been looked up anew.
 * Gives what ends it.
 */
export function followVolume(names: readonly string[], tell: (volume: Volume) => void): () => void {
  const follow = (): void => tell(volumeAt(names));
  followers.add(follow);
  follow();
  return () => followers.delete(follow);
}

/** Where the entry `name` of a directory lies. */
export function volumeBelow(volume: Volume, name: string): Volume {
  if (volume.mounts.size === 0) return volume;
  const { device, below } = volume.mounts.get(name) ?? NOTHING;
  return { device: device ?? volume.device, mounts: below };
}

/** To be awaited, where it is a promise, before volumes are used: the list of mounts is read anew now and then. */
export function freshMounts(): Promise<void> | undefined {
  if (performance.now() < freshUntil) return undefined;
  reading ??= readMounts();
  return reading;
}

/** The device of an open file. */
export async function deviceOf(handle: FileHandle): Promise<Device> {
  if (process.platform !== 'linux') return unknownDevice();
  await freshMounts();
  // What the kernel knows of the descriptor; the file system is not asked.
  const path = decodeText(readlinkSync(`/proc/self/fd/${handle.fd}`, { encoding: 'buffer' }));
  return volumeAt(path.split('/').filter((name) => name !== '')).device;
}

const NOTHING: MountNode = { device: undefined, below: new Map() };
const followers = new Set<() => void>();
const devices = new Map<string, Device>();
let tree = NOTHING;
let freshUntil = 0;
let reading: Promise<void> | undefined;

async function readMounts(): Promise<void> {
  try {
    tree = mountTree(await readFile('/proc/self/mountinfo'), devices);
  } catch {
    // Not Linux, or no /proc: nothing is known to be local.
    tree = NOTHING;
  }
  for (const follow of followers) follow();
  freshUntil = performance.now() + FRESH_MS;
  reading = undefined;
}

function volumeAt(names: readonly string[]): Volume {
  const host: Volume = { device: tree.device ?? unknownDevice(), mounts: tree.below };
  return names.reduce(volumeBelow, host);
}
