import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, mock, test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { linuxDirectory } from './linux-directory.ts';
import { localStorage } from './local-storage.ts';
import { portableDirectory } from './portable-directory.ts';

const at = (path: string) => resolvePath(ROOT, path);

// Nothing takes long here: what asks threads behind a slow answer would be counted differently on a busy machine.
before(() => {
  mock.method(performance, 'now', () => 0);
});

/** How many calls threads make for `work`. */
async function threadCalls(work: () => Promise<unknown>): Promise<number> {
  let calls = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'FSREQCALLBACK' || type === 'FSREQPROMISE') calls += 1;
    },
  }).enable();
  try {
    await work();
    return calls;
  } finally {
    hook.disable();
  }
}

async function inScratch(work: (path: string) => Promise<void>): Promise<void> {
  const path = await mkdtemp(join(tmpdir(), 'lockport-flushes-'));
  try {
    await work(path);
  } finally {
    await rm(path, { recursive: true });
  }
}

const kinds: readonly (readonly [string, (path: string) => Promise<Directory>])[] = [
  ['Linux', linuxDirectory],
  ['other systems', portableDirectory],
];
for (const [system, open] of kinds) {
  const skip = system === 'Linux' && process.platform !== 'linux';
  test(
    `those who flush one directory at once share two flushes, each by a handle of its own (${system})`,
    { skip },
    () =>
      inScratch(async (path) => {
        const handles = await Promise.all(Array.from({ length: 20 }, () => open(path)));
        const once = await threadCalls(async () => handles[0]?.sync());
        assert.ok(once > 0);
        const all = await threadCalls(() => Promise.all(handles.map((handle) => handle.sync())));
        assert.equal(all, 2 * once);
        await Promise.all(handles.map((handle) => handle[Symbol.asyncDispose]()));
      }),
  );
}

test('a rename within a directory flushes it once, and one between two flushes both', () =>
  inScratch(async (root) => {
    const callsOf = async (durability: 'durable' | 'fast', to: string): Promise<number> => {
      await using storage = await localStorage({ root, durability });
      const upload = await storage.write(at('/from'));
      await new Promise<void>((resolve) => {
        upload.sink.end('content', resolve);
      });
      await upload.commit();
      return await threadCalls(() => storage.rename(at('/from'), at(to)));
    };
    await using storage = await localStorage({ root });
    await storage.makeDirectory(at('/below'));
    const flushes = async (to: string) => (await callsOf('durable', to)) - (await callsOf('fast', to));
    assert.deepEqual([await flushes('/to'), await flushes('/below/to')], [1, 2]);
  }));
