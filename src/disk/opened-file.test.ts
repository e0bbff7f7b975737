import assert from 'node:assert/strict';
import { constants } from 'node:fs';
import { mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createDevice } from './device.ts';
import { OpenedFile } from './opened-file.ts';

const clock = { now: () => 0 };
const devices = [
  ['this thread', createDevice(true, clock)],
  ['the threads', createDevice(false, clock)],
] as const;

async function sample(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-test-'));
  context.after(() => rm(directory, { recursive: true }));
  const path = join(directory, 'file');
  await writeFile(path, 'content');
  return path;
}

for (const [who, device] of devices) {
  for (const bytes of [7, undefined]) {
    test(`a file opened by ${who} is read, and is open no more once it is closed (${bytes})`, async (context) => {
      const path = await sample(context);
      const file = await OpenedFile.open(path, constants.O_RDONLY, device);
      const link = `/proc/self/fd/${file.fd}`;
      const memory = Buffer.alloc(7);
      assert.equal((await file.stat({ bigint: true })).size, 7n);
      assert.equal((await file.read(memory, 0, 7, 0)).bytesRead, 7);
      assert.equal(memory.toString(), 'content');
      await file.close(bytes);
      assert.notEqual(await readlink(link).catch(() => undefined), path);
    });
  }

  test(`${who}: a read that is under way ends before the file is closed, and none begins behind that`, async (context) => {
    const file = await OpenedFile.open(await sample(context), constants.O_RDONLY, device);
    const done: string[] = [];
    const reading = file.read(Buffer.alloc(7), 0, 7, 0).then(({ bytesRead }) => done.push(`read ${bytesRead}`));
    const closing = file.close(7).then(() => done.push('closed'));
    await assert.rejects(file.read(Buffer.alloc(7), 0, 7, 0));
    await Promise.all([reading, closing]);
    assert.deepEqual(done, ['read 7', 'closed']);
  });
}

for (const [who, device] of devices) {
  test(`a new file is written by ${who}, and a write that is under way ends before it is closed`, async (context) => {
    const path = `${await sample(context)}-new`;
    const file = await OpenedFile.create(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600, device);
    const done: string[] = [];
    const writing = file
      .write(Buffer.from('new content'), 0, 11, 0)
      .then(({ bytesWritten }) => done.push(`${bytesWritten}`));
    const closing = file.close(0).then(() => done.push('closed'));
    await assert.rejects(file.truncate(3));
    await Promise.all([writing, closing]);
    assert.deepEqual(done, ['11', 'closed']);
    assert.equal(await readFile(path, 'utf8'), 'new content');
    await assert.rejects(OpenedFile.create(path, constants.O_CREAT | constants.O_EXCL, 0o600, device), {
      code: 'EEXIST',
    });
  });
}

test('a file that is not there is a rejection', async () => {
  for (const [, device] of devices) {
    await assert.rejects(OpenedFile.open('/nowhere/at/all', constants.O_RDONLY, device), { code: 'ENOENT' });
  }
});
