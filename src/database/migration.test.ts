import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

const VERSION_0_1_0 = readFileSync(new URL('./fixtures/version-0.1.0.sql', import.meta.url), 'utf8');

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockport-'));
  file = join(directory, 'lockport.db');
  using raw = new DatabaseSync(file);
  raw.exec(`PRAGMA journal_mode = WAL; ${VERSION_0_1_0}`);
});

afterEach(() => rmSync(directory, { recursive: true }));

function copies(): readonly string[] {
  return readdirSync(directory).filter((name) => name.endsWith('.backup'));
}

function documentsIn(name: string): readonly unknown[] {
  using raw = new DatabaseSync(join(directory, name), { readOnly: true });
  return raw.prepare('SELECT name, settings FROM accounts ORDER BY name').all();
}

test('a database of version 0.1.0 opens with all its accounts, bans and facts', async () => {
  await using database = openDatabase(file);
  const [alice, juergen, ...others] = await Array.fromAsync(database.accounts.list());
  assert.deepEqual(others, []);
  assert.equal(alice?.passwordHash, '$scrypt$alice');
  assert.equal(alice.lastLoginAt?.getTime(), 1764000003000);
  assert.deepEqual([alice.account.home, alice.account.rights.length, alice.account.ftp], ['/', 1, {}]);
  const { own: _, origins, ...record } = juergen ?? {};
  assert.deepEqual(record, {
    account: {
      name: 'jürgen',
      groups: [],
      home: '/people/jürgen',
      rights: [
        { path: '/', rights: ['list'] },
        { path: '/in', rights: ['upload', 'append'] },
      ],
      quota: { bytes: 2 ** 40, files: 0 },
      rate: { upload: 1, download: 1_000_000 },
      maxSessions: 3,
      allowedAddresses: ['192.0.2.0/24', '2001:db8::1'],
      expires: new Date('2031-01-02T03:04:05.678Z'),
      disabled: true,
      certificate: { use: 'with-password', fingerprints: ['ab'.repeat(32)] },
      mounts: [],
      directories: [],
      authorizedKeys: [],
      keyUse: 'instead-of-password',
      secondFactor: 'with-password',
      passwordChange: 'allowed',
      ftp: { sessionReuse: 'prefer', endOfStream: 'lenient' },
    },
    passwordHash: '$scrypt$jürgen',
    createdAt: new Date(1764000000000),
    updatedAt: new Date(1764000001000),
    passwordChangedAt: new Date(1764000002000),
    mustChangePassword: false,
  });
  assert.deepEqual([origins?.['quota.bytes'], origins?.['mounts']], [{ from: 'account' }, { from: 'initial' }]);
  assert.deepEqual(await database.bans.load(), [{ network: '192.0.2.1', until: new Date('2100-01-01') }]);
  assert.equal(database.meta.get('first-account'), 'admin');
  assert.equal(await database.accounts.notices.latest(), 0);
});

test('the older database is kept beside it as it was, for its owner alone, and that is told once', async () => {
  const before = documentsIn('lockport.db');
  const messages: string[] = [];
  const onMigrated = (message: string) => void messages.push(message);
  for (let time = 1; time <= 2; time += 1) await openDatabase(file, { onMigrated })[Symbol.asyncDispose]();
  const [copy = '', ...more] = copies();
  assert.deepEqual(more, []);
  assert.match(copy, /^lockport\.db\.schema-1\.\d{8}T\d{9}Z\.backup$/);
  assert.equal(statSync(join(directory, copy)).mode & 0o777, 0o600);
  assert.deepEqual(documentsIn(copy), before);
  assert.notDeepEqual(documentsIn('lockport.db'), before);
  assert.equal(messages.length, 1);
  assert.ok(messages[0]?.includes(copy));
});

test('an unfinished copy that a crash left goes at the next start, and nothing else does', async () => {
  const unfinished = `${file}.schema-1.20260101T000000000Z.backup.part`;
  writeFileSync(unfinished, 'SQLite');
  writeFileSync(`${file}.schema-1.mine.part`, 'of somebody else');
  await openDatabase(file)[Symbol.asyncDispose]();
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.endsWith('.part')),
    ['lockport.db.schema-1.mine.part'],
  );
  assert.equal(copies().length, 1);
});

test('what can not be kept, or is held by another, is not changed', () => {
  const before = documentsIn('lockport.db');
  const holdForMigration = () => {
    throw new Error('a server runs');
  };
  assert.throws(() => openDatabase(file, { holdForMigration }), { code: 'unusable', message: /a server runs/ });
  assert.deepEqual([documentsIn('lockport.db'), copies()], [before, []]);
});

test('an account of before keeps its meaning, and inherits what nobody has chosen for it once it gets a group', async () => {
  await using database = openDatabase(file);
  const { accounts } = database;
  const before = await accounts.find('alice');
  assert.deepEqual([before?.account.allowedAddresses, before?.account.quota], [[], {}]);
  await accounts.groups.add('partners', { allowedAddresses: ['192.0.2.7'], quota: { bytes: 5 }, rights: [] });
  await accounts.update('alice', { groups: ['partners'] });
  const { account } = (await accounts.find('alice')) ?? {};
  assert.deepEqual([account?.allowedAddresses, account?.quota], [['192.0.2.7'], { bytes: 5 }]);
  assert.deepEqual([account?.home, account?.rights], [before?.account.home, before?.account.rights]);
});

test('an account that was spoilt by hand is left as it is, and keeps no other from being read', async () => {
  {
    using raw = new DatabaseSync(file);
    raw.exec("UPDATE accounts SET settings = '{' WHERE name = 'alice'");
  }
  await using database = openDatabase(file);
  await assert.rejects(database.accounts.find('alice'), { code: 'invalid-account' });
  assert.equal((await database.accounts.find('jürgen'))?.account.ftp.sessionReuse, 'prefer');
});

test('a new database leaves no copy', async () => {
  await openDatabase(join(directory, 'new.db'))[Symbol.asyncDispose]();
  assert.deepEqual(copies(), []);
});

test('of the copies that upgrades have kept, the newest three stay, and nothing else is touched', async () => {
  const older = ['20250101T000000000Z', '20250201T000000000Z', '20250301T000000000Z'];
  for (const moment of older) {
    writeFileSync(`${file}.schema-1.${moment}.backup`, '');
    mkdirSync(`${file}.schema-1.${moment}.files`);
  }
  const others = ['lockport.db.schema-1.mine.backup', 'other.db.schema-1.20240101T000000000Z.backup'];
  for (const name of others) writeFileSync(join(directory, name), '');
  const beside: string[] = [];
  await using _database = openDatabase(file, { keepBeside: (place) => void beside.push(place) });
  const kept = readdirSync(directory);
  assert.deepEqual(
    older.map((moment) => kept.includes(`lockport.db.schema-1.${moment}.backup`)),
    [false, true, true],
  );
  assert.ok(!kept.includes(`lockport.db.schema-1.${older[0]}.files`));
  assert.ok(others.every((name) => kept.includes(name)));
  assert.match(beside.join(), /lockport\.db\.schema-1\.\d{8}T\d{9}Z\.files$/);
});

test('where what belongs to a database can not be kept, it stays as it was', () => {
  const keepBeside = () => {
    throw new Error('no room');
  };
  assert.throws(() => openDatabase(file, { keepBeside }), /no room/);
  using raw = new DatabaseSync(file, { readOnly: true });
  assert.equal(raw.prepare('PRAGMA user_version').get()?.['user_version'], 1);
});
