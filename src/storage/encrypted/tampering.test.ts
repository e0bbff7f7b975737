import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT, resolvePath, type Storage } from '../../core/index.ts';
import { sample } from '../../testing/storage-contract/case.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { encryptedStorage } from './encrypted-storage.ts';
import { CHUNK_BYTES, chunkOffset, HEADER_BYTES, SEALED_CHUNK_BYTES, storedSize } from './layout.ts';

const at = (path: string) => resolvePath(ROOT, path);
const SIZE = 3 * CHUNK_BYTES + 1000;
const CONTENT = sample(SIZE);
const KEY = randomBytes(32);

async function put(storage: Storage, path: string, bytes: Uint8Array, position?: number): Promise<void> {
  const upload = await storage.write(at(path), position === undefined ? {} : { at: position });
  upload.sink.end(bytes);
  await upload.commit();
}

async function get(storage: Storage, path: string, range = {}): Promise<Buffer> {
  return buffer(await storage.read(at(path), range));
}

async function stored() {
  const below = memoryStorage();
  const storage = encryptedStorage(below, { keys: [KEY] });
  await put(storage, '/file', CONTENT);
  await put(storage, '/other', CONTENT);
  return { below, storage, bytes: await get(below, '/file'), other: await get(below, '/other') };
}

/** Puts altered bytes where the file is, and finds that no way of reading gives any that are not as they were. */
async function refuses(altered: Buffer, message: RegExp, intact = 0): Promise<void> {
  const { below, storage } = await stored();
  await put(below, '/file', altered);
  let delivered = Buffer.alloc(0);
  await assert.rejects(
    async () => {
      for await (const part of await storage.read(at('/file'))) delivered = Buffer.concat([delivered, part]);
    },
    { name: 'StorageError', code: 'io', message },
  );
  assert.ok(delivered.length < SIZE, 'it was not delivered as whole');
  assert.ok(delivered.equals(CONTENT.subarray(0, delivered.length)), 'what was delivered is of the file');
  if (intact > 0) assert.ok(CONTENT.subarray(0, intact).equals(await get(storage, '/file', { end: intact })));
  await assert.rejects(storage.digest?.(at('/file'), 'SHA-256') ?? Promise.resolve(), { code: 'io' });
  const open = async () => {
    const file = await storage.openRead?.(at('/file'));
    const into = Buffer.alloc(SIZE);
    try {
      await file?.read(into, 0);
    } finally {
      await file?.close();
    }
  };
  await assert.rejects(open, { code: 'io', message });
}

function flipped(bytes: Buffer, position: number): Buffer {
  const altered = Buffer.from(bytes);
  altered[position] = (altered[position] ?? 0) ^ 1;
  return altered;
}

function chunkAt(bytes: Buffer, index: number): Buffer {
  return bytes.subarray(chunkOffset(index), chunkOffset(index) + SEALED_CHUNK_BYTES);
}

/** The stored file with another chunk, or other chunks, from one on. */
function withChunk(bytes: Buffer, index: number, chunk: Buffer): Buffer {
  const altered = Buffer.from(bytes);
  altered.set(chunk, chunkOffset(index));
  return altered;
}

test('one altered bit of the header that is in use is refused', async () => {
  const { bytes } = await stored();
  for (let position = 0; position < 112; position += 1) {
    await refuses(flipped(bytes, position), /damaged or was altered|does not have its key/);
  }
});

test('one altered bit of a chunk is refused, and the chunks before it can be read', async () => {
  const { bytes } = await stored();
  for (const index of [0, 1, 3]) {
    for (const offset of [0, 11, 12, 500, 1000, 1012]) {
      await refuses(flipped(bytes, chunkOffset(index) + offset), /chunk/, index * CHUNK_BYTES);
    }
  }
  for (let back = 1; back <= 33; back += 1) await refuses(flipped(bytes, bytes.length - back), /chunk 3/);
});

test('chunks that changed places, or stand twice, are refused', async () => {
  const { bytes } = await stored();
  const changed = withChunk(withChunk(bytes, 0, chunkAt(bytes, 1)), 1, chunkAt(bytes, 0));
  await refuses(changed, /chunk 0/);
  await refuses(withChunk(bytes, 2, chunkAt(bytes, 1)), /chunk 2/, 2 * CHUNK_BYTES);
});

test('a chunk of another file of the same key and content is refused', async () => {
  const { bytes, other } = await stored();
  await refuses(withChunk(bytes, 1, chunkAt(other, 1)), /chunk 1/, CHUNK_BYTES);
  await refuses(Buffer.concat([other.subarray(0, HEADER_BYTES), bytes.subarray(HEADER_BYTES)]), /chunk/);
});

test('a file that is cut anywhere is refused, also between two chunks', async () => {
  const { bytes } = await stored();
  const lengths = [0, 1, HEADER_BYTES - 1, HEADER_BYTES, HEADER_BYTES + 44, bytes.length - 1, bytes.length - 1000];
  for (const length of [...lengths, ...[1, 2, 3].map(chunkOffset)]) {
    await refuses(bytes.subarray(0, length), /damaged or was altered/);
  }
});

test('a file that something stands behind is refused', async () => {
  const { bytes, other } = await stored();
  for (const more of [Buffer.alloc(1), Buffer.alloc(28), chunkAt(bytes, 3), chunkAt(other, 3), Buffer.alloc(100_000)]) {
    await refuses(Buffer.concat([bytes, more]), /damaged or was altered/);
  }
});

test('chunks of two versions of one file, which are both genuine, are refused together', async () => {
  const { below, storage, bytes } = await stored();
  const change = Buffer.alloc(10, 'x');
  await put(storage, '/file', change, CHUNK_BYTES + 5);
  const later = await get(below, '/file');
  assert.ok(bytes.subarray(0, HEADER_BYTES).equals(later.subarray(0, HEADER_BYTES)), 'the key is the same');
  assert.ok(chunkAt(bytes, 2).equals(chunkAt(later, 2)), 'what was not changed was not sealed again');
  const expected = Buffer.from(CONTENT);
  expected.set(change, CHUNK_BYTES + 5);
  assert.ok(expected.equals(await get(storage, '/file')));

  await put(below, '/file', withChunk(later, 1, chunkAt(bytes, 1)));
  await assert.rejects(get(storage, '/file'), { code: 'io', message: /different versions/ });
  const file = await storage.openRead?.(at('/file'));
  const into = Buffer.alloc(CHUNK_BYTES);
  for (const index of [3, 0, 2]) await file?.read(into, index * CHUNK_BYTES);
  await assert.rejects(file?.read(into, CHUNK_BYTES) ?? Promise.resolve(), { message: /different versions/ });
  await file?.close();
});

test('what stays mixed after a further change is still refused', async () => {
  const { below, storage, bytes } = await stored();
  await put(storage, '/file', Buffer.alloc(10, 'x'), 5);
  const later = await get(below, '/file');
  await put(below, '/file', withChunk(later, 0, chunkAt(bytes, 0)));
  await put(storage, '/file', Buffer.alloc(10, 'y'), 2 * CHUNK_BYTES);
  await assert.rejects(get(storage, '/file'), { code: 'io', message: /different versions/ });
});

test('a cut does not make versions that were mixed one file', async () => {
  const { below, storage, bytes } = await stored();
  await put(storage, '/file', Buffer.alloc(10, 'x'), 5);
  const later = await get(below, '/file');
  await put(below, '/file', withChunk(later, 0, chunkAt(bytes, 0)));
  const file = await storage.openWrite?.(at('/file'));
  await file?.truncate(CHUNK_BYTES + 10);
  await file?.commit();
  await assert.rejects(get(storage, '/file'), { code: 'io', message: /different versions/ });
});

test('a file that was cut to nothing is not gone on with as an empty one', async () => {
  const { below, storage } = await stored();
  await put(below, '/file', Buffer.alloc(0));
  await assert.rejects(put(storage, '/file', Buffer.from('more'), 0), { code: 'io', message: /damaged/ });
  const append = async () => {
    const upload = await storage.write(at('/file'), { at: 'end' });
    upload.sink.end('more');
    await upload.commit();
  };
  await assert.rejects(append, { code: 'io', message: /damaged/ });
  await assert.rejects(storage.openWrite?.(at('/file')) ?? Promise.resolve(), { code: 'io', message: /damaged/ });
});

test('an interrupted upload is never taken for a file, nor is its end', async () => {
  const { below, storage } = await stored();
  const upload = await storage.write(at('/half'));
  upload.sink.write(CONTENT);
  await upload.suspend();
  const kept = await (await below.openWrite?.(at('/half')))?.commit();
  assert.equal(kept?.size, storedSize(SIZE));
  await assert.rejects(get(storage, '/half'), { code: 'io', message: /chunk 3/ });
  await assert.rejects(put(storage, '/half', Buffer.alloc(1), SIZE), { code: 'io', message: /chunk 3/ });
});

test('a file whose key is not there says so, and so does one of another storage', async () => {
  const { below } = await stored();
  const other = encryptedStorage(below, { keys: [randomBytes(32), randomBytes(32)] });
  const refusal = { code: 'io', message: /does not have its key/ };
  await assert.rejects(get(other, '/file'), refusal);
  await assert.rejects(put(other, '/file', Buffer.alloc(1), 5), refusal);
  await put(other, '/file', Buffer.from('new'));
  assert.equal((await get(other, '/file')).toString(), 'new');
  const both = encryptedStorage(below, { keys: [randomBytes(32), KEY] });
  assert.ok(CONTENT.equals(await get(both, '/other')));
});

test('an interrupted upload whose key is not there stays, and goes on when it is', async () => {
  const { below, storage } = await stored();
  const upload = await storage.write(at('/half'));
  upload.sink.write('half');
  await upload.suspend();
  const other = encryptedStorage(below, { keys: [randomBytes(32)] });
  await assert.rejects(other.write(at('/half'), { at: 4 }), { message: /does not have its key/ });
  await put(storage, '/half', Buffer.from(' and more'), 4);
  assert.equal((await get(storage, '/half')).toString(), 'half and more');
});

test('nothing of names or content stands in what is stored', async () => {
  const below = memoryStorage();
  const storage = encryptedStorage(below, { keys: [KEY], namesKey: randomBytes(32) });
  await storage.makeDirectory(at('/patients'));
  await put(storage, '/patients/Smith', Buffer.from('a diagnosis that nobody may read'));
  await storage.makeLink?.(at('/link'), 'patients/Smith');
  for await (const entries of below.list(ROOT)) {
    for (const { name, target = '' } of entries) assert.doesNotMatch(`${name} ${target}`, /patients|Smith|link/);
  }
  const [[directory] = []] = await Array.fromAsync(below.list(ROOT));
  const [[file] = []] = await Array.fromAsync(below.list(at(`/${directory?.name}`)));
  const bytes = await get(below, `/${directory?.name}/${file?.name}`);
  assert.doesNotMatch(bytes.toString('latin1'), /diagnosis/);
  await put(below, '/stranger', Buffer.from('of somebody else'));
  const listed = (await Array.fromAsync(storage.list(ROOT))).flat().map(({ name, target }) => [name, target]);
  assert.deepEqual(
    new Map(listed as [string, unknown][]),
    new Map([
      ['link', 'patients/Smith'],
      ['patients', undefined],
    ] as [string, unknown][]),
  );
});
