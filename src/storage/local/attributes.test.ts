import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';

const FILE = resolvePath(ROOT, '/file');
/** After the last one of ext4, and before that of most others. */
const FAR = new Date('2500-01-01T00:00:00Z');

/** Where a medium keeps every year there is nothing to refuse. */
async function keepsFar(): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-years-'));
  try {
    await utimes(directory, FAR, FAR);
    const { statSync } = await import('node:fs');
    return statSync(directory).mtime.getTime() === FAR.getTime();
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('a time that the disk can not keep is refused, and the old one stands', async (context) => {
  if (await keepsFar()) return context.skip('this disk keeps every year');
  await using temporary = await temporaryStorage();
  const { storage } = temporary;
  await (await storage.write(FILE)).commit();
  const old = new Date('2020-01-02T03:04:05Z');
  await storage.setAttributes(FILE, { modified: old });
  await assert.rejects(storage.setAttributes(FILE, { modified: FAR, mode: 0o600 }), { code: 'unsupported' });
  const { modified, mode } = await storage.stat(FILE);
  assert.deepEqual([modified, mode], [old, 0o644 & ~process.umask()]);
});

test('an upload that is given a time has it from its first moment; one that no disk can keep is passed over', async () => {
  await using temporary = await temporaryStorage();
  const { storage } = temporary;
  const write = async (modified: Date): Promise<Date> => {
    const upload = await storage.write(FILE, { modified });
    upload.sink.end('x');
    return (await upload.commit()).modified;
  };
  const time = new Date('2020-02-03T04:05:06Z');
  assert.deepEqual(await write(time), time);
  if (await keepsFar()) return;
  assert.ok(Math.abs((await write(FAR)).getTime() - Date.now()) < 60_000);
});
