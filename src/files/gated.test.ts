import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import {
  type Account,
  type FileChange,
  type Files,
  ROOT,
  resolvePath,
  type Storage,
  StorageError,
  type VirtualPath,
  type WriteOptions,
} from '../core/index.ts';
import { account } from '../identity/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { temporaryStorage } from '../testing/temporary-storage.ts';
import { accountFiles } from './account-files.ts';
import type { Candidate, Gate } from './gate.ts';
import { QuotaCounters } from './quota-counters.ts';

const at = (path: string): VirtualPath => resolvePath(ROOT, path);
const refused = { code: 'denied', message: 'Refused: malware' };

/** What one account sees behind a gate that takes everything but what contains "bad", and speaks to all but `*.part`. */
class Gated {
  readonly storage: Storage;
  readonly files: Files;
  readonly counters: QuotaCounters;
  readonly changes: string[] = [];
  /** What the gate was shown. */
  readonly asked: string[] = [];
  /** Done while the gate is asked. */
  meanwhile: (candidate: Candidate) => Promise<void> = async () => {};

  constructor(storage: Storage, { quota, ...more }: Partial<Account> = {}, goesByPath = false) {
    const concerned = (path: string) => !path.endsWith('.part') && (!goesByPath || path.startsWith('/in/'));
    const gate: Gate = {
      goesByPath,
      concerns: (path, from) => concerned(path) && (from === undefined || !concerned(from)),
      concernsBelow: () => goesByPath,
      ask: async (candidate) => {
        await this.meanwhile(candidate);
        const content = (await buffer(candidate.read())).toString();
        this.asked.push(`${candidate.path} ${content}`);
        assert.equal(candidate.bytes, content.length);
        if (content.includes('bad')) throw new StorageError('denied', 'Refused: malware');
      },
    };
    this.storage = storage;
    this.counters = new QuotaCounters(storage);
    const quotas = { ...(quota && { quota }), ...more };
    this.files = accountFiles({
      mounts: [{ at: ROOT, storage }],
      account: account('someone', { home: ROOT, ...quotas }),
      counters: this.counters,
      onChange: ({ change, path }: FileChange) => this.changes.push(`${change} ${path}`),
      gate,
    });
  }

  async put(path: string, text: string, options?: WriteOptions): Promise<void> {
    const upload = await this.files.write(at(path), options);
    upload.sink.write(text);
    await upload.commit();
  }

  async content(path: string): Promise<string> {
    return (await buffer(await this.files.read(at(path)))).toString();
  }

  async names(): Promise<readonly string[]> {
    return (await Array.fromAsync(this.storage.list(ROOT)))
      .flat()
      .map(({ name }) => name)
      .toSorted();
  }
}

const STORAGES = {
  memory: async () => ({ storage: memoryStorage(), async [Symbol.asyncDispose]() {} }),
  'a local directory': () => temporaryStorage(),
};

for (const [where, make] of Object.entries(STORAGES)) {
  test(`a refused upload is never seen, counts for nothing and is told to nobody, in ${where}`, async () => {
    await using made = await make();
    const gated = new Gated(made.storage, { quota: { bytes: 100 } });
    gated.meanwhile = async () => assert.deepEqual(await gated.names(), []);
    await assert.rejects(gated.put('/file', 'something bad'), refused);
    assert.deepEqual(await gated.names(), []);
    assert.deepEqual(gated.changes, []);
    assert.deepEqual(gated.counters.used(ROOT), { bytes: 0, files: 0 });
    await assert.rejects(gated.files.stat(at('/file')), { code: 'not-found' });
    assert.equal(await gated.files.partial(at('/file')), undefined);
    // What stands there stays.
    await gated.put('/file', 'good', { exclusive: true });
    gated.meanwhile = async () => {};
    await assert.rejects(gated.put('/file', 'bad'), refused);
    assert.equal(await gated.content('/file'), 'good');
    assert.deepEqual(gated.counters.used(ROOT), { bytes: 4, files: 1 });
  });

  test(`the gate is shown the whole file that would be published, however it comes, in ${where}`, async () => {
    await using made = await make();
    const gated = new Gated(made.storage);
    await gated.put('/file', 'one two');
    await gated.put('/file', 'six', { at: 4 });
    await gated.put('/file', ' end', { at: 'end' });
    await gated.put('/new', 'made', { at: 'end' });
    const broken = await gated.files.write(at('/resumed'));
    broken.sink.write('half a');
    await broken.suspend();
    await gated.put('/resumed', ' file', { at: 4 });
    const edited = await gated.files.openWrite(at('/file'));
    await edited.write(Buffer.from('b'), 0);
    await edited.truncate(3);
    await edited.commit();
    await gated.files.combine(at('/file'), [at('/new'), at('/resumed')]);
    assert.deepEqual(gated.asked, [
      '/file one two',
      '/file one six',
      '/file one six end',
      '/new made',
      '/resumed half file',
      '/file bne',
      '/file bnemadehalf file',
    ]);
    assert.equal(await gated.content('/file'), 'bnemadehalf file');
    assert.deepEqual(await gated.names(), ['file']);
    await gated.put('/a', 'b');
    await gated.put('/b', 'ad');
    await assert.rejects(gated.files.combine(at('/a'), [at('/b')]), refused);
    assert.equal(await gated.content('/b'), 'ad');
    await assert.rejects(gated.files.write(at('/missing'), { at: 5 }), { code: 'bad-offset' });
    await assert.rejects(gated.files.write(at('/b'), { at: -1 }), { code: 'bad-offset' });
  });

  test(`of two appends at once the gate never sees one without the other, in ${where}`, async () => {
    await using made = await make();
    const gated = new Gated(made.storage);
    for (const path of ['/standing', '/new']) {
      if (path === '/standing') await gated.put(path, '-');
      const [one, other] = await Promise.all([1, 2].map(() => gated.files.write(at(path), { at: 'end' })));
      one?.sink.write('b');
      other?.sink.write('ad');
      await one?.commit();
      await assert.rejects(async () => other?.commit(), { code: 'busy' });
    }
    assert.deepEqual([await gated.content('/standing'), await gated.content('/new')], ['-b', 'b']);
  });

  test(`the rename from a temporary name asks for the final one, and a copy does, in ${where}`, async () => {
    await using made = await make();
    const gated = new Gated(made.storage);
    await gated.put('/a.part', 'good');
    await gated.put('/b.part', 'bad');
    assert.deepEqual(gated.asked, []);
    await gated.files.rename(at('/a.part'), at('/a'));
    await assert.rejects(gated.files.rename(at('/b.part'), at('/b')), refused);
    await assert.rejects(gated.files.copy(at('/b.part'), at('/b')), refused);
    assert.deepEqual(await gated.names(), ['a', 'b.part']);
    assert.deepEqual(gated.asked, ['/a good', '/b bad', '/b bad']);
    await gated.files.rename(at('/a'), at('/c'));
    assert.equal(gated.asked.length, 3);
    assert.deepEqual(gated.changes, ['stored /a.part', 'stored /b.part', 'renamed /a.part', 'renamed /a']);
  });

  test(`a file that others replace while the gate is asked does not get the name, in ${where}`, async () => {
    await using made = await make();
    const gated = new Gated(made.storage);
    for (const move of ['rename', 'copy'] as const) {
      await gated.put('/a.part', 'fine');
      gated.meanwhile = async () => {
        gated.meanwhile = async () => {};
        await gated.put('/a.part', 'bad!');
      };
      await assert.rejects(gated.files[move](at('/a.part'), at('/a')), { code: 'busy' });
      await assert.rejects(gated.files.stat(at('/a')), { code: 'not-found' });
    }
  });

  test(`a client that leaves while the gate is asked leaves nothing, in ${where}`, async () => {
    await using made = await make();
    const gated = new Gated(made.storage, { quota: { bytes: 100 } });
    const { signal, abort } = cancellable();
    gated.meanwhile = async () => abort();
    await assert.rejects(gated.put('/file', 'good', { signal }), { code: 'aborted' });
    assert.deepEqual(await gated.names(), []);
    assert.deepEqual(gated.counters.used(ROOT), { bytes: 0, files: 0 });
  });
}

function cancellable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

test('a gate that goes by path can not be gone around, by a link or by a directory', async () => {
  await using made = await temporaryStorage();
  const { storage } = made;
  await storage.makeDirectory(at('/in'));
  await storage.makeDirectory(at('/free'));
  await storage.makeLink(at('/link'), 'in');
  const gated = new Gated(storage, {}, true);
  await assert.rejects(gated.put('/in/a', 'bad'), refused);
  await assert.rejects(gated.put('/link/a', 'bad'), { code: 'denied' });
  await gated.put('/free/a', 'bad');
  await assert.rejects(gated.files.rename(at('/free/a'), at('/in/a')), refused);
  await assert.rejects(gated.files.rename(at('/free'), at('/in/free')), { code: 'denied' });
  await gated.files.rename(at('/free/a'), at('/a'));
});

test('an upload larger than all that is free is refused before its bytes come', async () => {
  const gated = new Gated(memoryStorage(), { quota: { bytes: 10 } });
  await gated.put('/file', '12345');
  await assert.rejects(gated.files.write(at('/other'), { expectedSize: 6 }), { code: 'no-space' });
  await gated.put('/file', '1234567890', { expectedSize: 10 });
});
