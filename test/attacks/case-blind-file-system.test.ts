import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { type LocalStorage, localStorage } from '../../src/storage/index.ts';
import { MissingProgram, skipWithoutPrograms } from '../interop/tool.ts';

// As on FAT, and on shares of Windows: `a` and `A` are one name, and no file has two.

const PROGRAM = new URL('case-blind-files.py', import.meta.url).pathname;
const DAY_MS = 86_400_000;
const at = (path: string) => resolvePath(ROOT, path);

async function onCaseBlindFiles(
  context: TestContext,
  use: (storage: LocalStorage, backing: string) => Promise<void>,
): Promise<void> {
  await skipWithoutPrograms(context, async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'lockport-case-blind-'));
    await using _removed = { [Symbol.asyncDispose]: () => rm(scratch, { recursive: true }) };
    const [root, backing] = [join(scratch, 'files'), join(scratch, 'backing')];
    for (const path of [root, backing]) await mkdir(path);
    const child = spawn('/usr/bin/python3', ['-B', PROGRAM, root, backing], { stdio: ['ignore', 'pipe', 'ignore'] });
    const ended = once(child, 'close').catch(() => undefined);
    const isMounted = await Promise.race([once(child.stdout, 'data').then(() => true), ended.then(() => false)]);
    if (!isMounted) throw new MissingProgram('python3 with fusepy, and the right to mount');
    await using _unmounted = {
      async [Symbol.asyncDispose]() {
        await promisify(execFile)('umount', ['-l', root]);
        await ended;
      },
    };
    await using storage = await localStorage({
      root,
      durability: 'fast',
      processes: 'one',
      retained: [{ path: at('/records'), keepMs: DAY_MS }],
    });
    await use(storage, backing);
  });
}

async function put(storage: LocalStorage, path: string): Promise<void> {
  const upload = await storage.write(at(path));
  upload.sink.write('content');
  await upload.commit();
}

test('a file gets the same name in another case, where a file system takes both for one and gives no second', (context) =>
  onCaseBlindFiles(context, async (storage, backing) => {
    await put(storage, '/report');
    await storage.rename(at('/report'), at('/Report'));
    assert.deepEqual(await readdir(backing), ['Report']);
  }));

test('what is retained or held stays by its name in another case too', (context) =>
  onCaseBlindFiles(context, async (storage) => {
    await storage.makeDirectory(at('/records'));
    await put(storage, '/records/file');
    await put(storage, '/held');
    await storage.holds.set(at('/held'), { by: 'anna', reason: 'case 12' });
    for (const path of ['/RECORDS/file', '/Records/FILE', '/HELD']) {
      await assert.rejects(storage.remove(at(path)), { code: 'denied' }, path);
      await assert.rejects(put(storage, path), { code: 'denied' }, path);
    }
  }));
