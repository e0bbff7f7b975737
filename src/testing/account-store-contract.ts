import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Account,
  type AccountStore,
  type PublicKeyLine,
  publicKeyLine,
  ROOT,
  resolvePath,
} from '../core/index.ts';
import { account } from '../identity/index.ts';
import { NOTICE_CASES } from './account-notices-contract.ts';
import { REVISION_CASES } from './account-revision-contract.ts';
import { OWN_PASSWORD_CASES } from './own-password-contract.ts';
import { registered } from './register.ts';
import { SECOND_FACTOR_CASES } from './second-factor-contract.ts';

/** An empty store for one test, which disposes it. */
export interface AccountStoreUnderTest extends AsyncDisposable {
  readonly accounts: AccountStore;
}

/** Registers tests of `node:test` for all that is said of `AccountStore` in `lockport/core`. */
export function accountStoreContract(name: string, makeStore: () => Promise<AccountStoreUnderTest>): void {
  registered(
    describe(`the contract of account stores, kept by ${name}`, () => {
      for (const [sentence, run] of CASES) {
        registered(
          test(sentence, async () => {
            await using made = await makeStore();
            await run(made.accounts);
          }),
        );
      }
    }),
  );
}

/** Of the test vectors of RFC 8032, section 7.1. */
const KEY = publicKeyLine(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea anna@laptop',
) as PublicKeyLine;

const PLAIN = account('alice');

const FULL: Account = {
  name: 'jürgen',
  groups: [],
  home: resolvePath(ROOT, '/people/jürgen'),
  rights: [
    { path: ROOT, rights: ['list'] },
    { path: resolvePath(ROOT, '/in'), rights: ['upload', 'append'] },
  ],
  quota: { bytes: 2 ** 40, files: 0 },
  rate: { upload: 1, download: 1_000_000 },
  directories: [resolvePath(ROOT, '/in/lab')],
  maxSessions: 3,
  idleTimeout: 900,
  allowedAddresses: ['192.0.2.0/24', '2001:db8::1', '::ffff:10.0.0.0/104'],
  passwordChange: 'refused',
  expires: new Date('2031-01-02T03:04:05.678Z'),
  disabled: true,
  certificate: { use: 'with-password', fingerprints: ['ab'.repeat(32)] },
  mounts: [
    { at: resolvePath(ROOT, '/archive'), storage: 'cold', path: resolvePath(ROOT, '/2026'), readOnly: true },
    { at: resolvePath(ROOT, '/shared'), storage: 'default' },
  ],
  authorizedKeys: [KEY],
  keyUse: 'with-password',
  secondFactor: 'always',
  ftp: { sessionReuse: 'strict', endOfStream: 'lenient' },
};

const ODD_NAMES = ["' OR '1'='1", "a'; DROP TABLE accounts; --", '%', '_', 'a"b', '*', '${name}', '?1', '__proto__'];

const CASES: readonly (readonly [sentence: string, run: (accounts: AccountStore) => Promise<void>])[] = [
  [
    'an account comes back as it was given',
    async (accounts) => {
      for (const account of [PLAIN, FULL]) {
        await accounts.add(account, `hash of ${account.name}`);
        const record = await accounts.find(account.name);
        assert.deepEqual(record?.account, account);
        assert.equal(record.passwordHash, `hash of ${account.name}`);
        assert.equal('lastLoginAt' in record, false);
      }
      assert.deepEqual(await allOf(accounts), [PLAIN, FULL]);
    },
  ],
  [
    'names are unique, and differ by case',
    async (accounts) => {
      await accounts.add(PLAIN, 'first');
      await assert.rejects(accounts.add(PLAIN, 'second'), { code: 'account-exists' });
      await accounts.add({ ...PLAIN, name: 'Alice' }, 'third');
      assert.equal((await accounts.find('alice'))?.passwordHash, 'first');
      assert.equal((await accounts.find('Alice'))?.passwordHash, 'third');
      assert.equal(await accounts.find('ALICE'), undefined);
    },
  ],
  [
    'an update changes what it names and nothing else, and undefined takes an optional setting away',
    async (accounts) => {
      await accounts.add(FULL, 'hash');
      await accounts.update('jürgen', { disabled: false, expires: undefined, quota: { files: 7 } });
      const { expires: _, ...rest } = FULL;
      const record = await accounts.find('jürgen');
      assert.deepEqual(record?.account, { ...rest, disabled: false, quota: { files: 7 } });
      assert.equal(record.passwordHash, 'hash');
      await accounts.update('jürgen', { maxSessions: 4 });
      assert.equal((await accounts.find('jürgen'))?.account.maxSessions, 4);
    },
  ],
  [
    'changes that are asked for at once do not undo each other',
    async (accounts) => {
      await accounts.add(PLAIN, 'hash');
      const changes = Array.from({ length: 20 }, (_, index) =>
        accounts.update('alice', index % 2 === 0 ? { maxSessions: index + 1 } : { quota: { files: index } }),
      );
      await Promise.all([...changes, accounts.setPasswordHash('alice', 'another')]);
      const record = await accounts.find('alice');
      assert.deepEqual(
        [record?.account.maxSessions, record?.account.quota.files, record?.passwordHash],
        [19, 19, 'another'],
      );
    },
  ],
  [
    'a login is noted, and that of an account that is gone is not missed',
    async (accounts) => {
      const before = Date.now();
      await accounts.add(PLAIN, 'hash');
      await accounts.recordLogin('alice', 'clear');
      assert.equal((await accounts.find('alice'))?.lastLoginTls, 'clear');
      const tls = { version: 'TLSv1.2', cipher: 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256', clientKey: 'RSA 2048' };
      await accounts.recordLogin('alice', tls);
      assert.deepEqual((await accounts.find('alice'))?.lastLoginTls, tls);
      await accounts.recordLogin('alice');
      assert.equal((await accounts.find('alice'))?.lastLoginTls, undefined);
      await accounts.recordLogin('nobody');
      const { lastLoginAt } = (await accounts.find('alice')) ?? {};
      assert.ok(lastLoginAt && lastLoginAt.getTime() >= before && lastLoginAt.getTime() <= Date.now());
      assert.equal(await accounts.find('nobody'), undefined);
    },
  ],
  [
    'as many earlier passwords are remembered as was asked for, and none of who was removed',
    async (accounts) => {
      await accounts.add(PLAIN, 'first');
      for (const hash of ['second', 'third', 'fourth'])
        await accounts.setPasswordHash('alice', hash, { keepEarlier: 2 });
      assert.deepEqual(await accounts.earlierPasswordHashes('alice'), ['third', 'second']);
      await accounts.setPasswordHash('alice', 'fifth');
      assert.deepEqual(await accounts.earlierPasswordHashes('alice'), []);
      await accounts.setPasswordHash('alice', 'sixth', { keepEarlier: 2 });
      await accounts.remove('alice');
      await accounts.add(PLAIN, 'first');
      assert.deepEqual(await accounts.earlierPasswordHashes('alice'), []);
    },
  ],
  [
    'another hash of the same password takes the place of the one that it was made for, and of no other',
    async (accounts) => {
      await accounts.add(PLAIN, 'first');
      const before = await accounts.find('alice');
      const notice = await accounts.notices.latest();
      await accounts.replacePasswordHash('alice', 'first', 'anew');
      await accounts.replacePasswordHash('alice', 'first', 'late');
      await accounts.replacePasswordHash('nobody', 'first', 'anew');
      assert.deepEqual(await accounts.find('alice'), { ...before, passwordHash: 'anew' });
      assert.deepEqual(await accounts.earlierPasswordHashes('alice'), []);
      assert.equal(await accounts.notices.latest(), notice);
    },
  ],
  ...REVISION_CASES,
  ...OWN_PASSWORD_CASES,
  ...SECOND_FACTOR_CASES,
  [
    'a lock is kept until it is lifted, or another password is set',
    async (accounts) => {
      const until = new Date('2031-01-01');
      await accounts.add(PLAIN, 'first');
      const locked = async () => (await accounts.find('alice'))?.lockedUntil;
      assert.equal(await locked(), undefined);
      await accounts.setLock('nobody', until);
      await accounts.setLock('alice', until);
      assert.deepEqual(await locked(), until);
      await accounts.setLock('alice', undefined);
      assert.equal(await locked(), undefined);
      await accounts.setLock('alice', until);
      await accounts.setPasswordHash('alice', 'second');
      assert.equal(await locked(), undefined);
    },
  ],
  [
    'who is not there can not be changed, and who was removed is gone',
    async (accounts) => {
      const unknown = { name: 'AccountStoreError', code: 'no-such-account', message: /"no\\nbody"/ };
      await assert.rejects(accounts.update('no\nbody', { disabled: true }), unknown);
      await assert.rejects(accounts.setPasswordHash('no\nbody', ''), unknown);
      await assert.rejects(accounts.remove('no\nbody'), unknown);
      await accounts.add(PLAIN, '');
      await accounts.remove('alice');
      assert.equal(await accounts.find('alice'), undefined);
      assert.deepEqual([await accounts.names(), await allOf(accounts)], [[], []]);
    },
  ],
  [
    'a name that no account can have is refused, and found nowhere',
    async (accounts) => {
      for (const name of ['', '.', '..', 'a/b', 'a:b', 'a\nb', 'a\0', ' a', 'a\u202eb', 'x'.repeat(129)]) {
        const invalid = { name: 'AccountStoreError', code: 'invalid-account' };
        await assert.rejects(accounts.add({ ...PLAIN, name }, ''), invalid, JSON.stringify(name));
        assert.equal(await accounts.find(name), undefined);
      }
    },
  ],
  [
    'bytes that are no UTF-8 do not stand for the replacement character',
    async (accounts) => {
      await accounts.add({ ...PLAIN, name: 'a\ufffd' }, '');
      assert.equal(await accounts.find('a\udc80'), undefined);
    },
  ],
  [
    'names and values are never read as a language or as patterns',
    async (accounts) => {
      for (const name of ODD_NAMES) {
        assert.equal(await accounts.find(name), undefined);
        await accounts.add({ ...PLAIN, name }, `'${name}'`);
      }
      for (const name of ODD_NAMES) assert.equal((await accounts.find(name))?.passwordHash, `'${name}'`);
      assert.equal((await allOf(accounts)).length, ODD_NAMES.length);
    },
  ],
  [
    'hundreds of accounts are listed, each once, in the order of their names',
    async (accounts) => {
      const names = Array.from({ length: 250 }, (_, index) => `a${String((index * 7) % 250).padStart(3, '0')}`);
      for (const name of [...names, 'é', 'Z', '\u{1f600}', '\uffee']) await accounts.add({ ...PLAIN, name }, '');
      const listed = (await allOf(accounts)).map(({ name }) => name);
      assert.deepEqual(listed, ['Z', ...names.toSorted(), 'é', '\uffee', '\u{1f600}']);
      assert.deepEqual((await accounts.names()).toSorted(), listed.toSorted());
    },
  ],
  [
    'settings that make no sense are refused, with the place of the mistake',
    async (accounts) => {
      const wrong: [Partial<Record<keyof Account, unknown>>, RegExp][] = [
        [{ home: 'a\nb' }, /home/],
        [{ home: undefined }, /home/],
        [{ rights: [{ path: '/', rights: ['fly'] }] }, /rights\[0\]\.rights\[0\]/],
        [{ quota: { bytes: -1 } }, /quota\.bytes/],
        [{ rate: { upload: 0 } }, /rate\.upload/],
        [{ maxSessions: 1.5 }, /maxSessions/],
        [{ idleTimeout: 0 }, /idleTimeout: expected a whole number from 1/],
        [{ maxSessions: Number.POSITIVE_INFINITY }, /maxSessions: expected a value that exists/],
        [{ directories: ['a\nb'] }, /directories\[0\]/],
        [{ allowedAddresses: ['192.0.2.0/33'] }, /allowedAddresses\[0\]/],
        [{ allowedAddresses: ['example.org'] }, /expected an address or a range/],
        [{ expires: new Date(Number.NaN) }, /expires/],
        [{ certificate: { use: 'none', fingerprints: ['AB:CD'] } }, /fingerprints\[0\]/],
        [{ ftp: { sessionReuse: 'maybe' } }, /ftp\.sessionReuse/],
        [{ ftp: { surprise: 1 } }, /^Account alice: ftp: .*surprise/],
        [{ groups: ['a/b'] }, /groups\[0\]: expected the name of a group/],
        [{ mounts: [{ at: '/', storage: 'cold' }] }, /mounts\[0\]\.at: expected a path below/],
        [{ mounts: [{ at: '/a', storage: '../cold' }] }, /mounts\[0\]\.storage/],
        [
          {
            mounts: [
              { at: '/a', storage: 'x' },
              { at: '/a', storage: 'y' },
            ],
          },
          /mounts: expected \/a once/,
        ],
        [{ authorizedKeys: ['ssh-rsa AAAA'] }, /authorizedKeys\[0\]: expected a public key/],
        [{ surprise: 1 } as object, /surprise/],
      ];
      for (const [changes, place] of wrong) {
        const account = { ...PLAIN, ...changes } as Account;
        await assert.rejects(accounts.add(account, ''), { code: 'invalid-account', message: place });
      }
      assert.deepEqual(await accounts.names(), []);
    },
  ],
  [
    'who reads a record can not change what is kept',
    async (accounts) => {
      await accounts.add(FULL, '');
      const { account } = (await accounts.find('jürgen')) ?? {};
      account?.expires?.setTime(0);
      assert.deepEqual((await accounts.find('jürgen'))?.account, FULL);
    },
  ],
  ...NOTICE_CASES,
];

async function allOf(accounts: AccountStore): Promise<readonly Account[]> {
  const records = await Array.fromAsync(accounts.list());
  return records.map(({ account }) => account);
}
