import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StorageError } from '../../src/core/index.ts';
import { s3Storage } from '../../src/storage/index.ts';
import { at, begin, bytesOf, content, fails, put, sample } from '../../src/testing/storage-contract/case.ts';
import type { Asked } from './service/asked.ts';
import { type Fault, type S3Service, s3Service } from './service/service.ts';

const MIB = 1024 ** 2;
const PART = 5 * MIB;
const LARGE = sample(2 * PART + 12_345);

async function opened(more: object = {}) {
  const service = await s3Service();
  const storage = await s3Storage({ ...service.options, ...more });
  return {
    service,
    storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await service[Symbol.asyncDispose]();
    },
  };
}

/** The fault befalls the first so many requests that are meant. */
function befall(service: S3Service, count: number, fault: Fault, isMeant: (asked: Asked) => boolean): void {
  let left = count;
  service.fault = (asked) => {
    if (left === 0 || !isMeant(asked)) return undefined;
    left -= 1;
    return fault;
  };
}

const isPut = ({ method, key, query }: Asked): boolean =>
  method === 'PUT' && !query.has('uploadId') && !key.includes('.lockport');
const isPart = ({ method, query }: Asked): boolean => method === 'PUT' && query.has('uploadId');
const isComplete = ({ method, query }: Asked): boolean => method === 'POST' && query.has('uploadId');

describe('S3 with faults in between', () => {
  test('a large upload goes in parts, and nothing is left of them', async () => {
    await using made = await opened();
    const { service, storage } = made;
    assert.equal((await put(storage, '/file', LARGE)).size, LARGE.length);
    assert.ok(LARGE.equals(await bytesOf(storage, '/file')));
    assert.equal(service.asked.filter(isPart).length, 3);
    assert.deepEqual([...service.objects.stored.keys()], ['file']);
    assert.equal(service.objects.uploads.size, 0);
  });

  for (const [what, fault] of [
    ['answered 503 SlowDown', { kind: 'status', status: 503, code: 'SlowDown' }],
    ['cut off', { kind: 'cut' }],
    ['done, and the answers are lost', { kind: 'lose-answer' }],
  ] as const) {
    for (const [which, isMeant] of [
      ['small file', isPut],
      ['part', isPart],
      ['completion', isComplete],
    ] as const) {
      test(`an upload becomes whole though the first requests of a ${which} are ${what}`, async () => {
        await using made = await opened();
        const { service, storage } = made;
        befall(service, 2, fault, isMeant);
        const bytes = isMeant === isPut ? sample(100) : LARGE;
        assert.equal((await put(storage, '/file', bytes, { exclusive: true })).size, bytes.length);
        assert.ok(bytes.equals(await bytesOf(storage, '/file')));
        assert.equal(service.objects.uploads.size, 0);
      });
    }
  }

  test('an append whose answer was lost is not made twice', async () => {
    await using made = await opened();
    const { service, storage } = made;
    await put(storage, '/file', 'one');
    befall(service, 1, { kind: 'lose-answer' }, isPut);
    assert.equal((await put(storage, '/file', ' two', { at: 'end' })).size, 7);
    assert.equal(await content(storage, '/file'), 'one two');
  });

  test('a completion of which the answer is 200 and an error is not confirmed', async () => {
    await using made = await opened({ maxAttempts: 2 });
    const { service, storage } = made;
    befall(service, 100, { kind: 'error-in-200' }, isComplete);
    await fails('io', put(storage, '/file', LARGE));
    await fails('not-found', storage.stat(at('/file')));
    assert.equal(service.objects.uploads.size, 0);
  });

  test('a service that is overloaded for good is told as a passing failure, and nothing is published', async () => {
    await using made = await opened({ maxAttempts: 2 });
    const { service, storage } = made;
    const upload = await begin(storage, '/file', LARGE);
    service.fault = () => ({ kind: 'status', status: 503, code: 'SlowDown' });
    await assert.rejects(upload.commit(), (error) => {
      assert.ok(error instanceof StorageError);
      assert.equal(error.code, 'io');
      assert.match(error.message, /overloaded/);
      return true;
    });
    assert.equal(service.objects.stored.has('file'), false);
  });

  test('a download goes on where its connection was cut, as long as the file is the same', async () => {
    await using made = await opened();
    const { service, storage } = made;
    await put(storage, '/file', LARGE);
    const isGet = ({ method, key }: Asked): boolean => method === 'GET' && key === 'file';
    befall(service, 3, { kind: 'cut-body', bytes: MIB }, isGet);
    assert.ok(LARGE.equals(await bytesOf(storage, '/file')));
    befall(service, 1, { kind: 'cut-body', bytes: MIB }, isGet);
    const reader = await storage.read(at('/file'));
    service.objects.stored.delete('file');
    await fails('busy', reader.toArray());
  });

  test('bytes that were damaged on their way are sent again, or fail the upload, and are never published', async () => {
    await using made = await opened();
    const { service, storage } = made;
    befall(service, 2, { kind: 'damage' }, isPut);
    await put(storage, '/small', sample(100));
    assert.ok(sample(100).equals(await bytesOf(storage, '/small')));
    befall(service, 1, { kind: 'damage' }, isPart);
    await fails('io', put(storage, '/large', LARGE));
    assert.deepEqual([...service.objects.stored.keys()], ['small']);
    assert.equal(service.objects.uploads.size, 0);
  });

  test('a service that does not answer is given up', async () => {
    await using made = await opened({ maxAttempts: 1, requestTimeoutMs: 100 });
    const { service, storage } = made;
    const { promise, resolve } = Promise.withResolvers<void>();
    service.fault = () => ({ kind: 'wait', until: promise });
    await fails('io', storage.stat(at('/file')));
    resolve();
  });

  test('credentials that the service does not accept are told', async () => {
    const credentials = { accessKeyId: 'test-access-key', secretAccessKey: 'wrong' };
    await using made = await opened({ credentials });
    await fails('denied', made.storage.stat(at('/file')));
    assert.deepEqual([...made.service.objects.stored.keys()], []);
  });
});
