import { type BigIntStats, fstatSync, lstatSync } from 'node:fs';
import { type FileHandle, lstat } from 'node:fs/promises';
import type { Device, OpenedFile } from '../../disk/index.ts';
import type { Directory } from './directory.ts';
import { unless } from './failures.ts';

/** The entry itself, not what a link leads to; undefined where there is none. */
export function look(directory: Directory, name: string): Promise<BigIntStats | undefined> {
  const path = directory.at(name);
  return directory.deviceOf(name).attributes.ask(
    () => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
    () => unless(['ENOENT'], lstat(path, { bigint: true })),
  );
}

/** What is open, on this device. */
export function lookAt(handle: FileHandle | OpenedFile, device: Device): Promise<BigIntStats> {
  return device.attributes.ask(
    () => fstatSync(handle.fd, { bigint: true }),
    () => handle.stat({ bigint: true }),
  );
}
