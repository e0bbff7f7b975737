import { type BigIntStats, fstatSync, lstatSync, type PathLike } from 'node:fs';
import { type FileHandle, lstat } from 'node:fs/promises';
import { quickly } from '../../disk/index.ts';
import { unless } from './failures.ts';

/** The entry itself, not what a link leads to; undefined where there is none. */
export function look(path: PathLike): Promise<BigIntStats | undefined> {
  return quickly(
    () => lstatSync(path, { bigint: true, throwIfNoEntry: false }),
    () => unless(['ENOENT'], lstat(path, { bigint: true })),
  );
}

/** What is open. */
export function lookAt(handle: FileHandle): Promise<BigIntStats> {
  return quickly(
    () => fstatSync(handle.fd, { bigint: true }),
    () => handle.stat({ bigint: true }),
  );
}
