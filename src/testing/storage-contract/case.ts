import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import {
  type Ability,
  type Entry,
  type ReadOptions,
  ROOT,
  resolvePath,
  type Storage,
  StorageError,
  type StorageErrorCode,
  type StoredEntry,
  type Upload,
  type VirtualPath,
  type WriteOptions,
} from '../../core/index.ts';

/** One thing that every storage must do. Its name is a sentence. */
export interface ContractCase {
  readonly name: string;
  /** What a storage must be able to do, or have, for it to mean anything. */
  readonly needs?: readonly (Ability | 'confine' | 'usage')[];
  run(storage: Storage): Promise<void>;
}

export function at(path: string): VirtualPath {
  return resolvePath(ROOT, path);
}

/** Bytes that differ from place to place. */
export function sample(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let index = 0; index < length; index += 1) bytes[index] = (index * 31 + (index >> 8) * 7) & 0xff;
  return bytes;
}

/** Begins an upload and gives it `data`, which its ending will find. */
export async function begin(
  storage: Storage,
  path: string,
  data: string | Buffer,
  options?: WriteOptions,
): Promise<Upload> {
  const upload = await storage.write(at(path), options);
  if (data.length > 0) upload.sink.write(data);
  return upload;
}

export async function put(
  storage: Storage,
  path: string,
  data: string | Buffer,
  options?: WriteOptions,
): Promise<StoredEntry> {
  return (await begin(storage, path, data, options)).commit();
}

/** Leaves an interrupted upload behind. */
export async function leave(storage: Storage, path: string, data: string | Buffer): Promise<Entry | undefined> {
  return (await begin(storage, path, data)).suspend();
}

export async function content(storage: Storage, path: string, options?: ReadOptions): Promise<string> {
  return (await bytesOf(storage, path, options)).toString('latin1');
}

export async function bytesOf(storage: Storage, path: string, options?: ReadOptions): Promise<Buffer> {
  return buffer(await storage.read(at(path), options));
}

export async function entries(storage: Storage, path = '/', signal?: AbortSignal): Promise<Entry[]> {
  return (await Array.fromAsync(storage.list(at(path), { signal }))).flat();
}

export async function names(storage: Storage, path = '/'): Promise<string[]> {
  return (await entries(storage, path)).map(({ name }) => name).toSorted();
}

export async function fails(code: StorageErrorCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof StorageError, `expected a StorageError, got ${String(error)}`);
    assert.equal(error.code, code);
    return true;
  });
}
