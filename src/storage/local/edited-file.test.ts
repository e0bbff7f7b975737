import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ROOT, resolvePath, type WritableFile } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';

const at = (path: string) => resolvePath(ROOT, path);
/** Several stretches that are copied one by one while the file is changed. */
const OLD = randomBytes(30_000_000);

const CALLS = fc.array(
  fc.record({
    call: fc.constantFrom('write', 'write', 'write', 'read', 'truncate', 'stat'),
    place: fc.double({ min: 0, max: 1.05, noNaN: true }),
    length: fc.integer({ min: 0, max: 300_000 }),
    isAwaited: fc.boolean(),
  }),
  { maxLength: 60 },
);

test('whatever is called while the old file is copied behind it, the file becomes what the calls say', async () => {
  await using temporary = await temporaryStorage({ durability: 'fast' });
  const { root, storage } = temporary;
  await fc.assert(
    fc.asyncProperty(CALLS, fc.constantFrom('commit', 'discard'), async (calls, ending) => {
      await writeFile(join(root, 'file'), OLD);
      const model = new Model();
      const file = await storage.openWrite(at('/file'));
      const made: Promise<void>[] = [];
      for (const { isAwaited, ...call } of calls) {
        const one = make(file, model, call);
        made.push(one);
        if (isAwaited) await one;
      }
      const ended = file[ending]();
      await Promise.all(made.map((one) => (ending === 'discard' ? one.catch(() => undefined) : one)));
      await ended;
      const expected = ending === 'commit' ? model.bytes : OLD;
      assert.ok(expected.equals(await readFile(join(root, 'file'))));
      assert.deepEqual(await readdir(root), ['file']);
    }),
    { numRuns: 25 },
  );
});

test('a file with ever more changed places is whole all the same', async () => {
  await using temporary = await temporaryStorage({ durability: 'fast' });
  const { root, storage } = temporary;
  await writeFile(join(root, 'file'), OLD);
  const expected = Buffer.from(OLD);
  const file = await storage.openWrite(at('/file'));
  const writes: Promise<void>[] = [];
  for (let place = 0; place < 5000; place += 1) {
    expected[place * 6000] = 1;
    writes.push(file.write(Buffer.of(1), place * 6000));
  }
  await Promise.all(writes);
  await file.commit();
  assert.ok(expected.equals(await readFile(join(root, 'file'))));
});

test('an open file follows its directory where that is moved, and no other one that takes its place', async () => {
  await using temporary = await temporaryStorage();
  const { root, storage } = temporary;
  await mkdir(join(root, 'directory'));
  await writeFile(join(root, 'directory/file'), 'old');
  const file = await storage.openWrite(at('/directory/file'));
  await storage.rename(at('/directory'), at('/moved'));
  await mkdir(join(root, 'directory'));
  await writeFile(join(root, 'directory/file'), 'other');
  await file.write(Buffer.from('new'), 0);
  await file.commit();
  assert.equal(await readFile(join(root, 'moved/file'), 'utf8'), 'new');
  assert.equal(await readFile(join(root, 'directory/file'), 'utf8'), 'other');
});

/** What the file must be. Calls come to it in their order. */
class Model {
  bytes: Buffer = Buffer.from(OLD);

  write(bytes: Buffer, position: number): void {
    const before = this.bytes.subarray(0, position);
    this.bytes = Buffer.concat([
      before,
      bytes,
      this.bytes.subarray(Math.min(this.bytes.length, position + bytes.length)),
    ]);
  }

  truncate(size: number): void {
    this.bytes = Buffer.concat([this.bytes.subarray(0, size), Buffer.alloc(Math.max(0, size - this.bytes.length))]);
  }
}

async function make(
  file: WritableFile,
  model: Model,
  { call, place, length }: { readonly call: string; readonly place: number; readonly length: number },
): Promise<void> {
  const position = Math.floor(place * model.bytes.length);
  if (call === 'write') {
    const bytes = randomBytes(length);
    const start = Math.min(position, model.bytes.length);
    model.write(bytes, start);
    await file.write(bytes, start);
  } else if (call === 'read') {
    const expected = model.bytes.subarray(position, position + length);
    const into = Buffer.alloc(length);
    const read = into.subarray(0, await file.read(into, position));
    assert.ok(expected.equals(read), `${length} at ${position}`);
  } else if (call === 'truncate') {
    model.truncate(position);
    await file.truncate(position);
  } else {
    const size = model.bytes.length;
    assert.equal((await file.stat()).size, size);
  }
}

for (const end of ['commit', 'suspend', 'discard'] as const) {
  test(`a file that has ended by ${end} tells no more of what it would replace, for its directory is closed`, async () => {
    await using temporary = await temporaryStorage({ durability: 'fast' });
    const path = resolvePath(ROOT, '/file');
    const file = await temporary.storage.openWrite(path);
    assert.equal(await file.replaces(), undefined);
    await file[end]();
    await assert.rejects(file.replaces(), { code: 'aborted' });
  });
}
