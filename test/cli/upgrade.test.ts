import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from './lockport-process.ts';

const VERSION_0_1_0 = new URL('../../src/database/fixtures/version-0.1.0.sql', import.meta.url);

function schemaIn(file: string): unknown {
  using raw = new DatabaseSync(file, { readOnly: true });
  return raw.prepare('PRAGMA user_version').get()?.['user_version'];
}

test('an upgrade is looked at before, keeps what was, and has a way back that loses nothing by itself', async (context) => {
  const dataDir = await temporaryDirectory(context);
  await chmod(dataDir, 0o700);
  const file = join(dataDir, 'lockport.db');
  {
    using raw = new DatabaseSync(file);
    raw.exec(`PRAGMA journal_mode = WAL; ${await readFile(VERSION_0_1_0, 'utf8')}`);
  }
  for (const name of ['tls', 'files']) await mkdir(join(dataDir, name));
  const run = (...args: readonly string[]) => lockport([...args, '--data-dir', dataDir], { input: '' });

  const checked = await run('upgrade', 'check');
  assert.equal(checked.code, 0, checked.errors);
  assert.match(checked.output, /^The database has schema 1, and a start brings it to \d+;/);
  assert.match(checked.output, /are needed, .* are free/);
  assert.equal(schemaIn(file), 1);

  assert.equal((await run('user', 'list')).code, 0);
  const names = await readdir(dataDir);
  const beside = names.find((name) => name.endsWith('.files')) ?? '';
  assert.equal((await stat(join(dataDir, beside))).mode & 0o777, 0o700);
  const configuration = JSON.parse(await readFile(join(dataDir, beside, 'configuration.json'), 'utf8'));
  assert.equal(configuration.dataDir, dataDir);
  assert.match((await run('upgrade', 'check')).output, /nothing is to be brought up to date\nCopy of schema 1: /);

  const gone = await run('upgrade', 'back');
  assert.equal(gone.code, 0, gone.errors);
  assert.equal(schemaIn(file), 1);
  const newer = /the newer one is kept in (.*)\n/.exec(gone.output)?.[1] ?? '';
  assert.ok(Number(schemaIn(newer)) > 1);

  const added = await run('user', 'add', 'bert', '--generate-password');
  assert.equal(added.code, 0, added.errors);
  const refused = await run('upgrade', 'back');
  assert.equal(refused.code, 1);
  assert.match(refused.errors, /would be lost on the way back:\n {2}account bert: made since\n.*nothing was changed/s);
  assert.match((await run('user', 'list')).output, /^bert /m);
  const server = await serve(context, dataDir);
  const held = await run('upgrade', 'back', '--force');
  assert.match(held.errors, /Another Lockport server uses/);
  await server.kill();
  const forced = await run('upgrade', 'back', '--force');
  assert.match(forced.output, /^Given up: account bert: made since$/m);
  assert.equal(schemaIn(file), 1);
});
