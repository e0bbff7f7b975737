import type { BigIntStats, PathLike } from 'node:fs';
import { unlink } from 'node:fs/promises';
import type { Device } from '../../disk/index.ts';
import { unless } from './failures.ts';

/** A directory of the host, below the root, that is held so that its entries can be addressed. */
export interface Directory extends AsyncDisposable {
  /** Where its entries lie, but for what is mounted on one of them. */
  readonly device: Device;
  /** Where the entry `name` lies. */
  deviceOf(name: string): Device;
  /** What the system is given for the entry `name`; `.` is the directory itself. */
  at(name: string): PathLike;
  /** Opens a directory in it. Fails with ENOTDIR or ELOOP for a link, which is never followed. */
  open(name: string): Promise<Directory>;
  /** Holds an entry so that changes to it hit no other. Neither reads it nor follows a link. */
  pin(name: string): Promise<Pinned>;
  /** Whether the other one is the same directory, found once more. */
  isSame(other: Directory): Promise<boolean>;
  /** Brings the names of its entries to the medium. Those who ask while it is being done share the next time. */
  sync(): Promise<void>;
}

export interface Pinned extends AsyncDisposable {
  readonly stats: BigIntStats;
  readonly path: PathLike;
}

/** Removes a name of a file, where it is there. */
export async function removeName(directory: Directory, name: string): Promise<void> {
  await unless(
    ['ENOENT'],
    directory.device.threads(() => unlink(directory.at(name))),
  );
}
