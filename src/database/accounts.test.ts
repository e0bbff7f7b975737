import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type Account, RIGHTS, ROOT, resolvePath } from '../core/index.ts';
import { loginRecord } from './accounts.ts';
import { type Database, openDatabase } from './database.ts';
import { DatabaseSync } from './sqlite.ts';

let directory: string;
let database: Database;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lockport-'));
  database = openDatabase(join(directory, 'lockport.db'));
});

afterEach(() => {
  database[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

const PLAIN: Account = {
  name: 'alice',
  home: ROOT,
  rights: [{ path: ROOT, rights: RIGHTS }],
  quota: {},
  rate: {},
  allowedAddresses: [],
  disabled: false,
  certificate: { use: 'none', fingerprints: [] },
};

const FULL: Account = {
  name: 'jürgen',
  home: resolvePath(ROOT, '/people/jürgen'),
  rights: [
    { path: ROOT, rights: ['list'] },
    { path: resolvePath(ROOT, '/in'), rights: ['upload', 'append'] },
  ],
  quota: { bytes: 2 ** 40, files: 0 },
  rate: { upload: 1, download: 1_000_000 },
  maxSessions: 3,
  allowedAddresses: ['192.0.2.0/24', '2001:db8::1', '::ffff:10.0.0.0/104'],
  expires: new Date('2031-01-02T03:04:05.678Z'),
  disabled: true,
  certificate: { use: 'with-password', fingerprints: ['ab'.repeat(32)] },
  sessionReuse: 'strict',
  endOfStream: 'lenient',
};

test('an account comes back as it was given', () => {
  for (const account of [PLAIN, FULL]) {
    database.accounts.add(account, `hash of ${account.name}`);
    const record = database.accounts.find(account.name);
    assert.deepEqual(record?.account, account);
    assert.equal(record.passwordHash, `hash of ${account.name}`);
    assert.equal('lastLoginAt' in record, false);
  }
  assert.deepEqual(
    [...database.accounts.list()].map(({ account }) => account),
    [PLAIN, FULL],
  );
});

test('names are unique, and differ by case', () => {
  database.accounts.add(PLAIN, 'first');
  assert.throws(() => database.accounts.add(PLAIN, 'second'), { code: 'account-exists' });
  database.accounts.add({ ...PLAIN, name: 'Alice' }, 'third');
  assert.equal(database.accounts.find('alice')?.passwordHash, 'first');
  assert.equal(database.accounts.find('Alice')?.passwordHash, 'third');
  assert.equal(database.accounts.find('ALICE'), undefined);
});

test('an update changes what it names and nothing else, and undefined takes an optional setting away', () => {
  database.accounts.add(FULL, 'hash');
  database.accounts.update('jürgen', { disabled: false, expires: undefined, quota: { files: 7 } });
  const { expires: _, ...rest } = FULL;
  const record = database.accounts.find('jürgen');
  assert.deepEqual(record?.account, { ...rest, disabled: false, quota: { files: 7 } });
  assert.equal(record.passwordHash, 'hash');
  assert.throws(() => database.accounts.update('jürgen', { home: undefined }), { code: 'invalid-account' });
  database.accounts.update('jürgen', { maxSessions: 4 });
  assert.equal(database.accounts.find('jürgen')?.account.maxSessions, 4);
});

test('each time tells of its own change', () => {
  database.accounts.add(PLAIN, 'hash');
  const raw = new DatabaseSync(join(directory, 'lockport.db'));
  const timesAfter = (change: () => void) => {
    raw.exec('UPDATE accounts SET created_at = 1, updated_at = 1, password_changed_at = 1, last_login_at = 1');
    change();
    const record = database.accounts.find('alice');
    assert.ok(record);
    const names = ['createdAt', 'updatedAt', 'passwordChangedAt', 'lastLoginAt'] as const;
    return names.filter((name) => record[name]?.getTime() !== 1);
  };
  assert.deepEqual(
    timesAfter(() => database.accounts.update('alice', { disabled: true })),
    ['updatedAt'],
  );
  assert.deepEqual(
    timesAfter(() => database.accounts.setPasswordHash('alice', 'other')),
    ['passwordChangedAt'],
  );
  const login = loginRecord('alice');
  assert.deepEqual(
    timesAfter(() => raw.prepare(login.sql).run(...login.values)),
    ['lastLoginAt'],
  );
  assert.equal(database.accounts.find('alice')?.passwordHash, 'other');
  raw.close();
});

test('what is not there cannot be changed', () => {
  database.accounts.add(PLAIN, 'hash');
  database.accounts.remove('alice');
  assert.equal(database.accounts.find('alice'), undefined);
  assert.throws(() => database.accounts.remove('alice'), { code: 'no-such-account' });
  assert.throws(() => database.accounts.update('alice', {}), { code: 'no-such-account' });
  assert.throws(() => database.accounts.setPasswordHash('alice', ''), { code: 'no-such-account' });
  assert.deepEqual([...database.accounts.list()], []);
});

test('names that make trouble elsewhere are refused', () => {
  const hostile = ['', '.', '..', 'a/b', 'a:b', 'a\0b', 'a\nb', ' a', 'x'.repeat(129), 'a\u202eb', 'a\udc80'];
  for (const name of hostile) {
    assert.throws(
      () => database.accounts.add({ ...PLAIN, name }, ''),
      { code: 'invalid-account' },
      JSON.stringify(name),
    );
    assert.equal(database.accounts.find(name), undefined);
  }
});

test('bytes that are no UTF-8 do not stand for the replacement character', () => {
  database.accounts.add({ ...PLAIN, name: 'a\ufffd' }, '');
  assert.equal(database.accounts.find('a\udc80'), undefined);
});

test('names and values are never read as SQL or as patterns', () => {
  const odd = ["' OR '1'='1", "a'; DROP TABLE accounts; --", '%', '_', 'a"b', '*', '${name}', '?1'];
  for (const name of odd) {
    assert.equal(database.accounts.find(name), undefined);
    database.accounts.add({ ...PLAIN, name }, `'${name}'`);
  }
  for (const name of odd) assert.equal(database.accounts.find(name)?.passwordHash, `'${name}'`);
  assert.equal([...database.accounts.list()].length, odd.length);
});

test('settings that make no sense are refused, with the place of the mistake', () => {
  const wrong: [Partial<Record<keyof Account, unknown>>, RegExp][] = [
    [{ home: 'a\nb' }, /home/],
    [{ rights: [{ path: '/', rights: ['fly'] }] }, /rights\[0\]\.rights\[0\]/],
    [{ quota: { bytes: -1 } }, /quota\.bytes/],
    [{ rate: { upload: 0 } }, /rate\.upload/],
    [{ maxSessions: 1.5 }, /maxSessions/],
    [{ allowedAddresses: ['192.0.2.0/33'] }, /allowedAddresses\[0\]/],
    [{ allowedAddresses: ['example.org'] }, /address or CIDR range/],
    [{ expires: new Date(Number.NaN) }, /expires/],
    [{ certificate: { use: 'none', fingerprints: ['AB:CD'] } }, /fingerprints\[0\]/],
    [{ sessionReuse: 'maybe' }, /sessionReuse/],
    [{ surprise: 1 } as object, /surprise/],
  ];
  for (const [changes, place] of wrong) {
    const account = { ...PLAIN, ...changes } as Account;
    assert.throws(() => database.accounts.add(account, ''), { code: 'invalid-account', message: place });
  }
  assert.deepEqual([...database.accounts.list()], []);
});

test('a row that was spoilt by hand fails with the name of its account, and no other with it', () => {
  database.accounts.add(PLAIN, '');
  database.accounts.add({ ...PLAIN, name: 'bob' }, '');
  const raw = new DatabaseSync(join(directory, 'lockport.db'));
  for (const settings of ['', '{', '{}', 'null']) {
    raw.prepare("UPDATE accounts SET settings = ? WHERE name = 'alice'").run(settings);
    assert.throws(() => database.accounts.find('alice'), { code: 'invalid-account', message: /^Account alice: / });
    assert.equal(database.accounts.find('bob')?.account.name, 'bob');
  }
  raw.close();
});
