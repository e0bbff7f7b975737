import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { ALICE } from './account-fixture.test.ts';
import { BackgroundWriter } from './background-writer.ts';
import { openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockport-'));
  file = join(directory, 'lockport.db');
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** Runs `code` in a process of its own, with `database` open. Gives what it printed. */
async function elsewhere(code: string): Promise<{ stdout: string; stderr: string }> {
  const module = new URL('./database.ts', import.meta.url).href;
  const program = `import { openDatabase } from '${module}';
    const database = openDatabase(process.argv[1]);
    ${code}`;
  return promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', program, file]);
}

test('what was written is there when the file is opened again', () => {
  {
    using database = openDatabase(file);
    database.accounts.add(ALICE, 'hash');
    database.meta.set('greeted', 'yes');
  }
  using database = openDatabase(file);
  assert.deepEqual(database.accounts.find('alice')?.account, ALICE);
  assert.equal(database.meta.get('greeted'), 'yes');
});

test('a fact is what was set last, and undefined before', () => {
  using database = openDatabase(file);
  assert.equal(database.meta.get('key'), undefined);
  database.meta.set('key', '');
  assert.equal(database.meta.get('key'), '');
  database.meta.set('key', 'second');
  assert.equal(database.meta.get('key'), 'second');
});

test('bans come back until they are over', async () => {
  const until = new Date(Date.now() + 3_600_000);
  using database = openDatabase(file);
  await using writer = new BackgroundWriter(file, assert.fail);
  writer.saveBan({ network: '192.0.2.1', until: new Date(1) });
  writer.saveBan({ network: '192.0.2.1', until });
  writer.saveBan({ network: '2001:db8:0:0::/64', until: new Date(Date.now() - 1) });
  await writer.settled();
  assert.deepEqual(database.bans.load(), [{ network: '192.0.2.1', until }]);
});

test('only the owner can read the files, old ones and new ones', () => {
  writeFileSync(file, '', { mode: 0o644 });
  using database = openDatabase(file);
  database.accounts.add(ALICE, 'hash');
  const names = readdirSync(directory);
  assert.ok(names.includes('lockport.db-wal'));
  for (const name of names) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
});

test('a running process sees what another one has changed, and nothing is printed beside the answer', async () => {
  using database = openDatabase(file);
  database.accounts.add(ALICE, 'old');
  const { stdout, stderr } = await elsewhere(`
    database.accounts.setPasswordHash('alice', 'new');
    database.accounts.update('alice', { disabled: true });
    console.log([...database.accounts.list()].length);`);
  assert.deepEqual([stdout, stderr], ['1\n', '']);
  const record = database.accounts.find('alice');
  assert.equal(record?.passwordHash, 'new');
  assert.equal(record.account.disabled, true);
});

test('processes that open a new file and write at the same time lose nothing', async () => {
  const add = (writer: number) =>
    elsewhere(`
      const account = ${JSON.stringify(ALICE)};
      for (let index = 0; index < 20; index += 1) database.accounts.add({ ...account, name: '${writer}-' + index }, '');
      database.meta.set('count', String(Number(database.meta.get('count') ?? 0) + 1));`);
  await Promise.all([add(1), add(2), add(3)]);
  using database = openDatabase(file);
  assert.equal([...database.accounts.list()].length, 60);
});

test('two changes of different settings of one account do not undo each other', async () => {
  using database = openDatabase(file);
  database.accounts.add(ALICE, '');
  const change = (setting: string) =>
    elsewhere(`for (let n = 1; n <= 50; n += 1) database.accounts.update('alice', { ${setting} });`);
  await Promise.all([change('maxSessions: n'), change('quota: { files: n }')]);
  const account = database.accounts.find('alice')?.account;
  assert.deepEqual([account?.maxSessions, account?.quota.files], [50, 50]);
});

test('a schema of a later version is left alone', () => {
  openDatabase(file)[Symbol.dispose]();
  const raw = new DatabaseSync(file);
  raw.exec('PRAGMA user_version = 999');
  assert.throws(() => openDatabase(file), { code: 'newer-schema', message: /schema 999.*run that version/ });
  assert.equal(raw.prepare('PRAGMA user_version').get()?.['user_version'], 999);
  raw.close();
});

test('a new file, and one that is up to date, end at the same schema', () => {
  const schema = () => {
    using raw = new DatabaseSync(file);
    return raw.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
  };
  openDatabase(file)[Symbol.dispose]();
  const first = schema();
  openDatabase(file)[Symbol.dispose]();
  assert.deepEqual(schema(), first);
  assert.ok(first.length >= 3);
});

test('a file that is no database, or cannot be, is named in the error', () => {
  writeFileSync(
    file,
    'This is a text that is certainly longer than the header of a database, and says something else.',
  );
  assert.throws(() => openDatabase(file), { code: 'unusable', message: /lockport\.db: file is not a database/ });
  assert.throws(() => openDatabase(join(directory, 'none', 'x.db')), {
    code: 'unusable',
    message: /none\/x\.db: ENOENT/,
  });
  assert.throws(() => openDatabase(directory), { code: 'unusable', message: /EISDIR/ });
});
