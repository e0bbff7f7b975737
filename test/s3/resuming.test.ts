import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { type S3Storage, s3Storage } from '../../src/storage/index.ts';
import { at, begin, bytesOf, content, fails, put, sample } from '../../src/testing/storage-contract/case.ts';
import { type S3Service, s3Service } from './service/service.ts';

const PART = 5 * 1024 ** 2;
const LONG_AGO = new Date(Date.now() - 86_400_000);
const WHOLE = sample(3 * PART + 1234);

/** Several storages over one service, as several machines have them. */
async function nodes(count: number) {
  const service = await s3Service();
  const storages = await Promise.all(Array.from({ length: count }, () => s3Storage(service.options)));
  return {
    service,
    storages: storages as [S3Storage, S3Storage],
    async [Symbol.asyncDispose]() {
      for (const storage of storages) await storage[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** An upload whose process then says and does nothing any more. */
async function abandoned(service: S3Service, storage: S3Storage, bytes: Buffer): Promise<void> {
  const upload = await begin(storage, '/file', '');
  if (!upload.sink.write(bytes)) await once(upload.sink, 'drain');
  const parts = Math.ceil(bytes.length / PART) - 1;
  while ([...service.objects.uploads.values()].every((open) => open.parts.size < parts)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function grownOld(service: S3Service): void {
  for (const [key, object] of service.objects.stored) {
    if (key.startsWith('.lockport/')) service.objects.stored.set(key, { ...object, modified: LONG_AGO });
  }
}

describe('uploads to S3 that go on', () => {
  test('an interrupted upload goes on from its parts and what came behind them, on another machine', async () => {
    await using made = await nodes(2);
    const { service, storages } = made;
    const size = 2 * PART + 777;
    const kept = await (await begin(storages[0], '/file', WHOLE.subarray(0, size))).suspend();
    assert.equal(kept?.size, size);
    assert.equal((await storages[1].partial(at('/file')))?.size, size);
    const before = service.asked.length;
    await put(storages[1], '/file', WHOLE.subarray(size), { at: size });
    assert.ok(WHOLE.equals(await bytesOf(storages[0], '/file')));
    const sent = service.asked.slice(before).filter(({ method, query }) => method === 'PUT' && query.has('uploadId'));
    assert.equal(sent.length, 2);
    assert.deepEqual([...service.objects.stored.keys()], ['file']);
    assert.equal(service.objects.uploads.size, 0);
  });

  test('within a part that was sent nothing goes on, and nothing is lost by asking', async () => {
    await using made = await nodes(1);
    const [storage] = made.storages;
    await (await begin(storage, '/file', WHOLE.subarray(0, PART + 10))).suspend();
    await fails('bad-offset', storage.write(at('/file'), { at: PART - 1 }));
    await put(storage, '/file', WHOLE.subarray(PART), { at: PART });
    assert.ok(WHOLE.equals(await bytesOf(storage, '/file')));
  });

  test('what a process that was killed has sent goes on from its parts, once it is old', async () => {
    await using made = await nodes(2);
    const { service, storages } = made;
    await abandoned(service, storages[0], WHOLE.subarray(0, 2 * PART + 5));
    assert.equal(await storages[1].partial(at('/file')), undefined);
    await fails('bad-offset', storages[1].write(at('/file'), { at: 2 * PART }));
    grownOld(service);
    assert.equal((await storages[1].partial(at('/file')))?.size, 2 * PART);
    await put(storages[1], '/file', WHOLE.subarray(2 * PART), { at: 2 * PART });
    assert.ok(WHOLE.equals(await bytesOf(storages[1], '/file')));
    assert.deepEqual([...service.objects.stored.keys()], ['file']);
  });

  test('an upload whose parts another process went on with is not published', async () => {
    await using made = await nodes(2);
    const { service, storages } = made;
    const slow = await begin(storages[0], '/file', WHOLE.subarray(0, PART + 5));
    while ([...service.objects.uploads.values()].every((open) => open.parts.size < 1)) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    grownOld(service);
    await put(storages[1], '/file', WHOLE.subarray(PART), { at: PART });
    await fails('busy', slow.commit());
    assert.ok(WHOLE.equals(await bytesOf(storages[1], '/file')));
  });

  test('appends and restarts within large files are put together by the service', async () => {
    await using made = await nodes(1);
    const [storage] = made.storages;
    await put(storage, '/small', '0123456789');
    await put(storage, '/small', WHOLE, { at: 'end' });
    assert.ok(Buffer.concat([Buffer.from('0123456789'), WHOLE]).equals(await bytesOf(storage, '/small')));
    await put(storage, '/large', WHOLE);
    await put(storage, '/large', WHOLE, { at: 'end' });
    assert.ok(Buffer.concat([WHOLE, WHOLE]).equals(await bytesOf(storage, '/large')));
    for (const position of [0, 10, PART, PART + 10, WHOLE.length - 3]) {
      await put(storage, '/changed', WHOLE);
      await put(storage, '/changed', 'NEW', { at: position });
      const expected = Buffer.from(WHOLE);
      expected.write('NEW', position);
      assert.ok(expected.equals(await bytesOf(storage, '/changed')), `${position}`);
    }
  });

  test('appends of several machines at once are all there', async () => {
    await using made = await nodes(2);
    const { storages } = made;
    const lines = Array.from({ length: 8 }, (_, index) => `line ${index}\n`);
    const uploads = await Promise.all(
      lines.map((line, index) => begin(storages[index % 2] ?? storages[0], '/log', line, { at: 'end' })),
    );
    await Promise.all(uploads.map((upload) => upload.commit()));
    const written = (await content(storages[0], '/log')).split('\n').filter((line) => line !== '');
    assert.deepEqual(written.toSorted(), lines.map((line) => line.trim()).toSorted());
  });

  test('of exclusive uploads on several machines one succeeds', async () => {
    await using made = await nodes(2);
    const uploads = await Promise.all(
      made.storages.map((storage, index) => begin(storage, '/file', `${index}`, { exclusive: true })),
    );
    const ends = await Promise.allSettled(uploads.map((upload) => upload.commit()));
    assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1);
  });

  test('a sweep removes what is old, and leaves what is under way, what can be resumed, and what others began', async () => {
    await using made = await nodes(2);
    const { service, storages } = made;
    await (await begin(storages[0], '/file', WHOLE.subarray(0, PART + 5))).suspend();
    const living = await begin(storages[0], '/living', WHOLE.subarray(0, PART + 5));
    while (service.objects.uploads.size < 2) await new Promise((resolve) => setImmediate(resolve));
    const foreign = service.objects.create('foreign', {});
    assert.deepEqual(await storages[1].sweep(60_000), { partials: 0, abandoned: 0 });
    assert.equal((await storages[1].partial(at('/file')))?.size, PART + 5);
    await abandoned(service, storages[0], WHOLE.subarray(0, PART + 5));
    await living.commit();
    grownOld(service);
    assert.deepEqual(await storages[1].sweep(60_000), { partials: 1, abandoned: 1 });
    assert.deepEqual([...service.objects.uploads.keys()], [foreign]);
    assert.deepEqual([...service.objects.stored.keys()], ['living']);
  });
});
