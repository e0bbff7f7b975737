import assert from 'node:assert/strict';
import { chmod, chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { type TemporaryStorage, temporaryStorage } from '../../testing/temporary-storage.ts';

const GROUP = 4_321;
const OTHER = 4_322;
const PATH = resolvePath(ROOT, 'file');

/** Only root can give files to every group. */
function testAsRoot(title: string, body: (context: TestContext) => Promise<void>): void {
  test(title, { skip: process.geteuid?.() === 0 ? false : 'needs root' }, body);
}

async function groupAndMode({ root }: TemporaryStorage): Promise<readonly number[]> {
  const { gid, mode } = await stat(join(root, 'file'));
  return [gid, mode & 0o7777];
}

testAsRoot('a new file has the group that is set, with the mode that is set', async () => {
  await using temporary = await temporaryStorage({ fileGroup: GROUP, fileMode: 0o640 });
  await (await temporary.storage.write(PATH)).commit();
  assert.deepEqual(await groupAndMode(temporary), [GROUP, 0o640]);
});

testAsRoot('a file that is replaced or appended to, by a copy or in place, keeps its group', async () => {
  await using temporary = await temporaryStorage({ fileGroup: GROUP });
  const { root, storage } = temporary;
  const upload = async (bytes: number, append: boolean) => {
    const started = await storage.write(PATH, append ? { at: 'end' } : {});
    started.sink.write(Buffer.alloc(bytes));
    await started.commit();
  };
  await upload(1, false);
  await chown(join(root, 'file'), 0, OTHER);
  for (const [bytes, append] of [
    [1, true],
    [2 * 1024 * 1024, false],
    [1, true],
  ] as const) {
    await upload(bytes, append);
    assert.equal((await groupAndMode(temporary))[0], OTHER);
  }
});

testAsRoot('without a group that is set, a directory with the setgid bit gives its own', async () => {
  await using temporary = await temporaryStorage();
  await chown(temporary.root, 0, OTHER);
  await chmod(temporary.root, 0o2755);
  await (await temporary.storage.write(PATH)).commit();
  assert.equal((await groupAndMode(temporary))[0], OTHER);
});

testAsRoot('a new directory has the group that is set, and keeps the setgid bit of the one around it', async () => {
  await using temporary = await temporaryStorage({ fileGroup: GROUP });
  const { root, storage } = temporary;
  await storage.makeDirectory(resolvePath(ROOT, 'plain'));
  await chown(root, 0, OTHER);
  await chmod(root, 0o2755);
  await storage.makeDirectory(resolvePath(ROOT, 'within'));
  for (const [name, setgid] of [
    ['plain', 0],
    ['within', 0o2000],
  ] as const) {
    const { gid, mode } = await stat(join(root, name));
    assert.deepEqual([gid, mode & 0o2000], [GROUP, setgid]);
  }
});
