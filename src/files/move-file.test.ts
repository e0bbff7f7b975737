import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { beforeEach, test } from 'node:test';
import { changedMeanwhile, isSameEntry, ROOT, resolvePath, type Storage } from '../core/index.ts';
import { memoryStorage } from '../storage/index.ts';
import { below } from './confined.ts';
import { type Mount, mounted } from './mounts.ts';

const at = (path: string) => resolvePath(ROOT, path);

let root: Storage;
let pub: Storage;

beforeEach(() => {
  root = memoryStorage();
  pub = memoryStorage();
});

/** The same storage, with other methods. */
function altered(storage: Storage, methods: Partial<Storage>): Storage {
  return { ...below(storage, ROOT), ...methods };
}

async function put(to: Pick<Storage, 'write'>, path: string, content: string): Promise<void> {
  const upload = await to.write(at(path));
  upload.sink.write(content);
  await upload.commit();
}

function moving(mounts: readonly Mount[]): Storage {
  return mounted([{ at: ROOT, storage: root }, ...mounts], 'copy');
}

async function contentAt(storage: Storage, path: string): Promise<string> {
  return text(await storage.read(at(path)));
}

test('a file is moved to another storage by a copy that keeps its time, where that is set', async () => {
  const tree = moving([{ at: at('/pub'), storage: pub }]);
  await put(root, '/moved', 'content');
  await root.setAttributes?.(at('/moved'), { modified: new Date('2020-01-01T00:00:00Z') });
  await put(pub, '/target', 'old');
  assert.equal((await tree.rename(at('/moved'), at('/pub/target')))?.size, 3);
  assert.equal(await contentAt(pub, '/target'), 'content');
  assert.equal((await pub.stat(at('/target'))).modified.toISOString(), '2020-01-01T00:00:00.000Z');
  await assert.rejects(root.stat(at('/moved')), { code: 'not-found' });
  await put(root, '/other', 'other');
  await assert.rejects(tree.rename(at('/other'), at('/pub/target'), { exclusive: true }), { code: 'exists' });
  assert.equal(await contentAt(root, '/other'), 'other');
});

test('nothing but a file is moved to another storage, and nothing from one that is read only', async () => {
  const tree = moving([{ at: at('/pub'), storage: pub, readOnly: true }]);
  await put(pub, '/kept', 'kept');
  await assert.rejects(tree.rename(at('/pub/kept'), at('/taken')), { code: 'denied' });
  await assert.rejects(root.stat(at('/taken')), { code: 'not-found' });
  const writable = moving([{ at: at('/pub'), storage: pub }]);
  await root.makeDirectory(at('/directory'));
  await assert.rejects(writable.rename(at('/directory'), at('/pub/directory')), { code: 'cross-device' });
  await root.stat(at('/directory'));
});

test('an original goes when its copy is known to be the same, and not before', async () => {
  const told: string[] = [];
  const watched = altered(pub, {
    async write(path, options) {
      const upload = await pub.write(path, options);
      const commit = async () => {
        told.push('commit');
        return upload.commit();
      };
      return { ...upload, sink: upload.sink, commit, discard: () => upload.discard() };
    },
    async digest(path, algorithm, range) {
      told.push('compare');
      return (await pub.digest?.(path, algorithm, range)) ?? Buffer.alloc(0);
    },
  });
  const source = altered(root, {
    async remove(path, options) {
      told.push('remove');
      return root.remove(path, options);
    },
  });
  await put(root, '/moved', 'content');
  await mounted(
    [
      { at: ROOT, storage: source },
      { at: at('/pub'), storage: watched },
    ],
    'copy',
  ).rename(at('/moved'), at('/pub/moved'));
  assert.deepEqual(told, ['commit', 'compare', 'remove']);
});

test('a copy that is another one than its original goes, and the original stays', async () => {
  const digest: NonNullable<Storage['digest']> = async () => Buffer.alloc(32);
  const tree = moving([{ at: at('/pub'), storage: altered(pub, { digest }) }]);
  await put(root, '/moved', 'content');
  await assert.rejects(tree.rename(at('/moved'), at('/pub/moved')), { code: 'io', message: /not what was copied/ });
  assert.equal(await contentAt(root, '/moved'), 'content');
  await assert.rejects(pub.stat(at('/moved')), { code: 'not-found' });
  await put(pub, '/moved', 'old');
  await assert.rejects(tree.rename(at('/moved'), at('/pub/moved')), { message: /was copied, and its original stays/ });
  assert.equal(await contentAt(root, '/moved'), 'content');
});

test('what is written over an original while it is copied is not removed', async () => {
  const digest: NonNullable<Storage['digest']> = async (path, algorithm, range) => {
    const found = await pub.digest?.(path, algorithm, range);
    await put(root, '/moved', 'newer content');
    return found ?? Buffer.alloc(0);
  };
  const tree = moving([{ at: at('/pub'), storage: altered(pub, { digest }) }]);
  await put(root, '/moved', 'content');
  await assert.rejects(tree.rename(at('/moved'), at('/pub/moved')), { code: 'busy' });
  assert.equal(await contentAt(root, '/moved'), 'newer content');
});

test('a file that two mounts lead to is not moved onto itself, where its server tells no file from another', async () => {
  const nameless = altered(pub, {
    async stat(path, options) {
      const { unique: _, ...entry } = await pub.stat(path, options);
      return entry;
    },
    async remove(path, { unchanged, ...options } = {}) {
      const now = await nameless.stat(path);
      if (unchanged && !isSameEntry(now, unchanged)) throw changedMeanwhile();
      return pub.remove(path, options);
    },
  });
  await pub.makeDirectory(at('/outgoing'));
  await put(pub, '/outgoing/report', 'the only one');
  const tree = moving([
    { at: at('/partner'), storage: nameless },
    { at: at('/outgoing'), storage: below(nameless, at('/outgoing')) },
  ]);
  await assert.rejects(tree.rename(at('/partner/outgoing/report'), at('/outgoing/report')), { code: 'exists' });
  assert.equal(await contentAt(pub, '/outgoing/report'), 'the only one');
  await put(root, '/report', 'what it replaces');
  await tree.rename(at('/outgoing/report'), at('/report'));
  assert.equal(await contentAt(root, '/report'), 'the only one');
});
