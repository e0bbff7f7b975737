import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { KeySource } from './configuration/index.ts';
import { readStorageKeys } from './storage-keys.ts';

const KEY = randomBytes(32);

async function readOne(source: KeySource): Promise<string | undefined> {
  return (await readStorageKeys('patients', { kind: 'encrypted', over: 'disk', keys: [source] })).keys[0];
}

test('a key is read from a file, the environment or a program, in each of its forms', async (context) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-keys-'));
  context.after(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'key');
  for (const form of [
    KEY,
    KEY.toString('hex'),
    `${KEY.toString('base64')}\n`,
    ` ${KEY.toString('hex').toUpperCase()}\n`,
  ]) {
    await writeFile(file, form, { mode: 0o600 });
    assert.equal(await readOne({ file }), KEY.toString('base64'));
    assert.equal(await readOne({ command: ['/bin/cat', file] }), KEY.toString('base64'));
  }
  process.env['LOCKPORT_TEST_KEY'] = KEY.toString('hex');
  assert.equal(await readOne({ environment: 'LOCKPORT_TEST_KEY' }), KEY.toString('base64'));
  delete process.env['LOCKPORT_TEST_KEY'];
});

test('what is no key is refused by the place that it should be in, and never shown', async (context) => {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-keys-'));
  context.after(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'key');
  await writeFile(file, 'hunter2-hunter2', { mode: 0o600 });
  const refused = async (source: KeySource, message: RegExp) => {
    await assert.rejects(readOne(source), (error: Error) => {
      assert.equal(error.name, 'StartError');
      assert.match(error.message, message);
      assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /hunter2/);
      return true;
    });
  };
  await refused({ file }, /The file .*key holds no key of 32 bytes for the storage patients: "openssl rand/);
  await refused({ file: `${file}-missing` }, /could not be read \(ENOENT\)/);
  await refused({ environment: 'LOCKPORT_TEST_NONE' }, /The environment variable LOCKPORT_TEST_NONE holds no key/);
  await refused({ command: ['/bin/cat', file] }, /output of \/bin\/cat holds no key/);
  await refused({ command: ['/bin/sh', '-c', `cat ${file}; exit 3`] }, /output of \/bin\/sh could not be had: 3/);
  await writeFile(file, KEY.toString('hex'));
  await chmod(file, 0o644);
  await refused({ file }, /can be read by every user of this machine/);
  const twice = {
    kind: 'encrypted',
    over: 'disk',
    keys: [{ command: ['/bin/cat', file] }, { command: ['/bin/cat', file] }],
  } as const;
  await assert.rejects(
    readStorageKeys('patients', { ...twice, keys: [...twice.keys].map(({ command }) => ({ command: [...command] })) }),
    /one key twice/,
  );
});
