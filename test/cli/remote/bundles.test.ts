import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { records, startRemote, store } from './remote-fixture.ts';

const NAMES = Array.from({ length: 30 }, (_, number) => `f${number}.txt`);

test('several small files are put and got together; flags that need each file alone are heeded', async (context) => {
  const remote = await startRemote(context);
  const { server, home, run, url } = remote;
  for (const name of NAMES) await writeFile(join(home, name), `content of ${name}`);
  const used = (verb: string): number =>
    server.events.filter((event) => event.event === 'command' && event.verb === verb).length;

  const put = await run(['put', '--json', ...NAMES, url('')]);
  assert.equal(put.code, 0, put.errors);
  assert.equal(records(put).length, NAMES.length);
  assert.ok(records(put).every(({ verified }) => verified === 'SHA-256'));
  for (const name of NAMES) assert.equal(await readFile(join(server.root, name), 'utf8'), `content of ${name}`);
  assert.deepEqual([used('STOR'), used('MFMT')], [0, 0]);

  await store(remote, { 'large.txt': 'large '.repeat(20_000) });
  const got = await run(['get', '--json', url('*.txt'), 'got/']);
  assert.equal(got.code, 0, got.errors);
  for (const name of NAMES) assert.equal(await readFile(join(home, 'got', name), 'utf8'), `content of ${name}`);
  assert.equal((await readFile(join(home, 'got', 'large.txt'), 'utf8')).length, 120_000);
  assert.equal(used('RETR'), 1);

  const missing = await run(['put', 'f0.txt', 'no-such-file', 'f1.txt', url('')]);
  assert.notEqual(missing.code, 0);
  assert.match(missing.errors, /no-such-file/);

  const alone = await run(['put', '--exclusive', 'f0.txt', 'f1.txt', url('')]);
  assert.notEqual(alone.code, 0);
  assert.equal(used('BNDL') > 0 && used('STOR') === 0, true);
});
