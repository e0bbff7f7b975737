import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ROOT, resolvePath, type Storage, StorageError } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';
import { CHUNK_BYTES } from './layout.ts';

const at = (path: string) => resolvePath(ROOT, path);
const RUNS = Number(process.env['LOCKPORT_PROPERTY_RUNS'] ?? 60);

/** Sizes and positions near the borders of chunks, where mistakes are. */
const border = fc.tuple(fc.nat(3), fc.integer({ min: -2, max: 2 })).map(([chunks, off]) => chunks * CHUNK_BYTES + off);
const size = fc.oneof(fc.nat(20), border, fc.nat(3 * CHUNK_BYTES)).map((value) => Math.max(0, value));
const path = fc.constantFrom('/a', '/b', '/d/c');

interface Operation {
  readonly what: 'put' | 'append' | 'restart' | 'leave' | 'edit' | 'rename' | 'remove' | 'read';
  readonly path: string;
  readonly other: string;
  readonly position: number;
  readonly length: number;
  readonly fill: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  what: fc.constantFrom('put', 'append', 'restart', 'leave', 'edit', 'rename', 'remove', 'read'),
  path,
  other: path,
  position: size,
  length: size,
  fill: fc.nat(255),
});

/** What an operation did, or the code of its failure. */
async function outcome(storage: Storage, operation: Operation): Promise<unknown> {
  try {
    return await done(storage, operation);
  } catch (error) {
    if (error instanceof StorageError) return error.code;
    throw error;
  }
}

async function done(storage: Storage, { what, path, other, position, length, fill }: Operation): Promise<unknown> {
  const bytes = Buffer.alloc(length, fill);
  for (let index = 0; index < length; index += 997) bytes[index] = index;
  const uploaded = async (options: Parameters<Storage['write']>[1], ends: 'commit' | 'suspend') => {
    const upload = await storage.write(at(path), options);
    const half = bytes.subarray(0, Math.floor(length / 3));
    if (half.length > 0) upload.sink.write(half);
    if (half.length < length) upload.sink.write(bytes.subarray(half.length));
    return (await upload[ends]())?.size;
  };
  if (what === 'put') return uploaded({}, 'commit');
  if (what === 'append') return uploaded({ at: 'end' }, 'commit');
  if (what === 'restart') return uploaded({ at: position }, fill % 2 ? 'commit' : 'suspend');
  if (what === 'leave') return uploaded({}, 'suspend');
  if (what === 'edit') return edited(storage, { path, position, fill }, bytes);
  if (what === 'rename') return (await storage.rename(at(path), at(other)))?.size;
  if (what === 'remove') return (await storage.remove(at(path))).size;
  return (await buffer(await storage.read(at(path), { start: position, end: position + length }))).toString('base64');
}

async function edited(
  storage: Storage,
  { path, position, fill }: Pick<Operation, 'path' | 'position' | 'fill'>,
  bytes: Buffer,
): Promise<unknown> {
  const file = await storage.openWrite?.(at(path));
  assert.ok(file);
  const { size } = await file.stat();
  await file.write(bytes, Math.min(position, size));
  if (fill % 3 === 0) await file.truncate(Math.min(position, size) + Math.floor(bytes.length / 2));
  const read = Buffer.alloc(bytes.length);
  const count = await file.read(read, Math.floor(position / 2));
  const ended = await (fill % 5 === 0 ? file.suspend() : file.commit());
  return [ended?.size, read.subarray(0, count).toString('base64')];
}

async function everything(storage: Storage): Promise<unknown> {
  const files = [];
  for (const path of ['/a', '/b', '/d/c']) {
    const kept = await storage.partial?.(at(path));
    const whole = await storage.read(at(path)).then(buffer, () => undefined);
    files.push([path, kept?.size, whole?.toString('base64')]);
  }
  return [files, await storage.usage?.(ROOT)];
}

async function compared(stored: Storage, operations: readonly Operation[]): Promise<void> {
  const model = memoryStorage();
  const encrypted = encryptedStorage(stored, { keys: [randomBytes(32)], namesKey: randomBytes(32) });
  for (const storage of [model, encrypted]) await storage.makeDirectory(at('/d'));
  for (const each of operations) {
    assert.deepEqual(await outcome(encrypted, each), await outcome(model, each), JSON.stringify(each));
  }
  assert.deepEqual(await everything(encrypted), await everything(model));
}

test('whatever is done to encrypted files, they are what unencrypted ones would be', async () => {
  const property = fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 14 }), (operations) =>
    compared(memoryStorage(), operations),
  );
  await fc.assert(property, { numRuns: RUNS });
});

test('the same holds where they lie in a local directory', async () => {
  const property = fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 10 }), async (operations) => {
    await using local = await temporaryStorage({ durability: 'fast' });
    await compared(local.storage, operations);
  });
  await fc.assert(property, { numRuns: Math.ceil(RUNS / 4) });
});
