import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { account } from '../identity/index.ts';
import { openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

const ALICE = account('alice');

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

test('what was written is there when the file is opened again', async () => {
  {
    await using database = openDatabase(file);
    await database.accounts.add(ALICE, 'hash');
    await database.meta.set('greeted', 'yes');
  }
  await using database = openDatabase(file);
  assert.deepEqual((await database.accounts.find('alice'))?.account, ALICE);
  assert.equal(database.meta.get('greeted'), 'yes');
});

test('a fact is what was set last, and undefined before', async () => {
  await using database = openDatabase(file);
  assert.equal(database.meta.get('key'), undefined);
  await database.meta.set('key', '');
  assert.equal(database.meta.get('key'), '');
  await database.meta.set('key', 'second');
  assert.equal(database.meta.get('key'), 'second');
});

test('only the owner can read the files, old ones and new ones', async () => {
  writeFileSync(file, '', { mode: 0o644 });
  await using database = openDatabase(file);
  await database.accounts.add(ALICE, 'hash');
  const names = readdirSync(directory);
  assert.ok(names.includes('lockport.db-wal'));
  for (const name of names) assert.equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
});

test('a running process sees what another one has changed, and nothing is printed beside the answer', async () => {
  await using database = openDatabase(file);
  await database.accounts.add(ALICE, 'old');
  const { stdout, stderr } = await elsewhere(`
    await database.accounts.setPasswordHash('alice', 'new');
    await database.accounts.update('alice', { disabled: true });
    console.log((await database.accounts.names()).length);`);
  assert.deepEqual([stdout, stderr], ['1\n', '']);
  const record = await database.accounts.find('alice');
  assert.equal(record?.passwordHash, 'new');
  assert.equal(record.account.disabled, true);
});

test('processes that open a new file and write at the same time lose nothing', async () => {
  const add = (writer: number) =>
    elsewhere(`
      const account = ${JSON.stringify(ALICE)};
      for (let index = 0; index < 20; index += 1) await database.accounts.add({ ...account, name: '${writer}-' + index }, '');
      await database.meta.set('count', String(Number(database.meta.get('count') ?? 0) + 1));`);
  await Promise.all([add(1), add(2), add(3)]);
  await using database = openDatabase(file);
  assert.equal((await database.accounts.names()).length, 60);
});

test('two changes of different settings of one account do not undo each other', async () => {
  await using database = openDatabase(file);
  await database.accounts.add(ALICE, '');
  const change = (setting: string) =>
    elsewhere(`for (let n = 1; n <= 50; n += 1) await database.accounts.update('alice', { ${setting} });`);
  await Promise.all([change('maxSessions: n'), change('quota: { files: n }')]);
  const account = (await database.accounts.find('alice'))?.account;
  assert.deepEqual([account?.maxSessions, account?.quota.files], [50, 50]);
});

test('a schema of a later version is left alone', async () => {
  await openDatabase(file)[Symbol.asyncDispose]();
  const raw = new DatabaseSync(file);
  raw.exec('PRAGMA user_version = 999');
  assert.throws(() => openDatabase(file), { code: 'newer-schema', message: /schema 999.*run that version/ });
  assert.equal(raw.prepare('PRAGMA user_version').get()?.['user_version'], 999);
  raw.close();
});

test('a new file, and one that is up to date, end at the same schema', async () => {
  const schema = () => {
    using raw = new DatabaseSync(file);
    return raw.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all();
  };
  await openDatabase(file)[Symbol.asyncDispose]();
  const first = schema();
  await openDatabase(file)[Symbol.asyncDispose]();
  assert.deepEqual(schema(), first);
  assert.ok(first.length >= 3);
});

test('a file that is no database, or cannot be, is named in the error', async () => {
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
