import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { ROOT, resolvePath } from '../../src/core/index.ts';
import { encryptedStorage, localStorage } from '../../src/storage/index.ts';
import { lockport, temporaryDirectory } from './lockport-process.ts';

const FILE = resolvePath(ROOT, '/file');

test('keys rotate lets the new key alone open the files, says what it did, and names what it could not do', async (context) => {
  const directory = await temporaryDirectory(context);
  const [disk, config] = [join(directory, 'disk'), join(directory, 'lockport.yaml')];
  await mkdir(disk);
  const keys = { former: randomBytes(32), now: randomBytes(32) };
  for (const [name, key] of Object.entries(keys))
    await writeFile(join(directory, name), key.toString('hex'), { mode: 0o600 });
  await using stored = await localStorage({ root: disk });
  const upload = await encryptedStorage(stored, { keys: [keys.former] }).write(FILE);
  upload.sink.end('content');
  await upload.commit();
  const configure = (names: string) =>
    writeFile(
      config,
      `storages:\n  disk: {kind: local, path: disk}\n  safe: {kind: encrypted, over: disk, keys: [${names}]}\n`,
    );

  await configure('{file: now}');
  const early = await lockport(['keys', 'rotate', 'safe', '--config', config]);
  assert.notEqual(early.code, 0);
  assert.match(early.errors, /\/file: .*does not have its key: its key has the id [0-9a-f]{32}: add this key/);
  assert.match(early.output, /0 rewrapped, 0 had the key already, 1 failed/);

  await configure('{file: now}, {file: former}');
  const rotated = await lockport(['keys', 'rotate', 'safe', '--config', config]);
  assert.equal(rotated.code, 0, rotated.errors);
  assert.match(rotated.output, /1 rewrapped, 0 had the key already, 0 failed/);
  const after = encryptedStorage(stored, { keys: [keys.now] });
  assert.equal((await buffer(await after.read(FILE))).toString(), 'content');
  assert.match((await lockport(['keys', 'rotate', 'safe', '--config', config])).output, /0 rewrapped, 1 had/);
  const unknown = await lockport(['keys', 'rotate', 'disk', '--config', config]);
  assert.match(unknown.errors, /There is no encrypted storage disk in the configuration; there is safe/);
});
