import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import {
  type Account,
  type CertificateUse,
  type ClientCertificate,
  isRefusal,
  type Peer,
  type PublicKey,
  publicKeyLine,
} from '../core/index.ts';
import { account } from './account.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';
import { passwordAuthenticator } from './password-authenticator.ts';
import { createPasswordChecker, type PasswordChecker } from './password-checker.ts';

const PASSWORD = 'correct horse battery staple';
const FINGERPRINT = 'ab'.repeat(32);
let passwordHash: string;

before(async () => {
  passwordHash = await hashPassword(PASSWORD);
});

function peerWith(certificate?: Partial<ClientCertificate>): Peer {
  const peer = { session: 's1', protocol: 'ftp', address: '192.0.2.1', port: 4000 } as const;
  if (!certificate) return peer;
  const whole = {
    fingerprint: '00'.repeat(32),
    commonNames: [],
    alternativeNames: [],
    verified: false,
    ...certificate,
  };
  return { ...peer, tls: { version: 'TLSv1.3', cipher: 'any', resumed: false, clientCertificate: whole } };
}

function accountFor(use: CertificateUse, ...fingerprints: string[]): Account {
  return account('alice', { certificate: { use, fingerprints } });
}

/** What comes of an attempt at alice's account: `in`, or the detail of the refusal. */
async function attempt(who: Account, peer: Peer, password?: string, hash = passwordHash, user = who.name) {
  const find = async (name: string) => (name === who.name ? { account: who, passwordHash: hash } : undefined);
  const authenticator = passwordAuthenticator(find, createPasswordChecker());
  const credentials =
    password === undefined ? ({ kind: 'certificate' } as const) : ({ kind: 'password', password } as const);
  const verdict = await authenticator.authenticate(user, credentials, peer);
  if (!isRefusal(verdict)) {
    assert.equal(verdict, who);
    return 'in';
  }
  assert.equal(verdict.refused, 'credentials');
  assert.equal(verdict.message, 'Wrong user name or password');
  return verdict.detail;
}

test('a password alone is enough unless the account asks for a certificate beside it', async () => {
  assert.equal(await attempt(accountFor('none'), peerWith(), PASSWORD), 'in');
  assert.equal(await attempt(accountFor('instead-of-password'), peerWith(), PASSWORD), 'in');
  assert.equal(await attempt(accountFor('none'), peerWith(), 'wrong'), 'wrong password');
  assert.equal(await attempt(accountFor('none'), peerWith(), PASSWORD, passwordHash, 'bob'), 'unknown user');
});

test('no password fits an empty hash, the empty one least of all', async () => {
  for (const password of ['', PASSWORD]) {
    assert.equal(await attempt(accountFor('none'), peerWith(), password, ''), 'wrong password');
  }
  assert.equal(await attempt(accountFor('none'), peerWith(), ''), 'wrong password');
});

test('with-password needs both, and the right password first', async () => {
  const alice = accountFor('with-password', FINGERPRINT);
  const own = peerWith({ fingerprint: FINGERPRINT });
  assert.equal(await attempt(alice, own, PASSWORD), 'in');
  assert.equal(await attempt(alice, own, 'wrong'), 'wrong password');
  assert.equal(await attempt(alice, own), 'needs a password');
  for (const peer of [peerWith(), peerWith({ verified: true, commonNames: ['alice'] })]) {
    assert.equal(await attempt(alice, peer, PASSWORD), 'not the certificate of the account');
  }
});

test('a certificate alone signs in only where the account says so', async () => {
  const own = peerWith({ fingerprint: FINGERPRINT, verified: true, commonNames: ['alice'] });
  assert.equal(await attempt(accountFor('instead-of-password', FINGERPRINT), own), 'in');
  assert.equal(await attempt(accountFor('instead-of-password'), own), 'in');
  assert.equal(await attempt(accountFor('none', FINGERPRINT), own), 'needs a password');
  assert.equal(await attempt(accountFor('instead-of-password'), own, undefined, passwordHash, 'bob'), 'unknown user');
});

test("a certificate is the account's own by its listed fingerprint, or else by authority and exact name", async () => {
  const pinned = accountFor('instead-of-password', FINGERPRINT);
  const named = accountFor('instead-of-password');
  const refused = 'not the certificate of the account';
  assert.equal(await attempt(pinned, peerWith({ fingerprint: FINGERPRINT })), 'in');
  assert.equal(await attempt(pinned, peerWith({ verified: true, commonNames: ['alice'] })), refused);
  assert.equal(await attempt(named, peerWith({ verified: true, commonNames: ['alice'] })), 'in');
  assert.equal(await attempt(named, peerWith({ verified: false, commonNames: ['alice'] })), refused);
  for (const name of ['Alice', 'alice ', 'alice\0', 'al']) {
    assert.equal(await attempt(named, peerWith({ verified: true, commonNames: [name] })), refused);
  }
  assert.equal(await attempt(named, peerWith({ verified: true, alternativeNames: ['alice'] })), refused);
  assert.equal(await attempt(named, peerWith()), refused);
});

test('names that no account can have are not looked up', async () => {
  const asked: string[] = [];
  const find = async (name: string) => {
    asked.push(name);
    return undefined;
  };
  const authenticator = passwordAuthenticator(find, createPasswordChecker());
  const hostile = ['', 'alice\0', 'a:b', 'a\r\nb', 'x'.repeat(129), '../alice', 'a\u202eb'];
  for (const user of hostile) {
    const verdict = await authenticator.authenticate(user, { kind: 'password', password: '' }, peerWith());
    assert.equal(isRefusal(verdict) && verdict.detail, 'unknown user');
  }
  assert.deepEqual(asked, []);
  const odd = ["' OR 1=1 --", '${jndi}', '%s%n', 'alice]]'];
  for (const user of odd) await authenticator.authenticate(user, { kind: 'password', password: '' }, peerWith());
  assert.deepEqual(asked, odd);
});

test('a right password that is refused like a wrong one is hashed each time, known or not', async () => {
  const asked: (boolean | undefined)[] = [];
  const checker: PasswordChecker = {
    async check(password, _hash, mayRemember) {
      asked.push(mayRemember);
      return password === PASSWORD;
    },
    hash: hashPassword,
    policyRefusal: async () => undefined,
  };
  const accounts = new Map([
    ['alice', account('alice')],
    ['carol', account('carol', { disabled: true })],
    ['dora', account('dora', { certificate: { use: 'with-password', fingerprints: [FINGERPRINT] } })],
  ]);
  const authenticator = passwordAuthenticator(async (name) => {
    const found = accounts.get(name);
    return found && { account: found, passwordHash };
  }, checker);
  for (const user of ['alice', 'carol', 'dora', 'nobody']) {
    await authenticator.authenticate(user, { kind: 'password', password: PASSWORD }, peerWith());
  }
  await authenticator.authenticate(
    'dora',
    { kind: 'password', password: PASSWORD },
    peerWith({ fingerprint: FINGERPRINT }),
  );
  assert.deepEqual(asked, [true, false, false, false, true]);
});

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea';

test('a key of the account is enough once it has signed, and any other is refused like a wrong password', async () => {
  const line = publicKeyLine(`${KEY} anna@laptop`);
  assert.ok(line);
  const alice = account('alice', { authorizedKeys: [line] });
  const find = async (name: string) => (name === 'alice' ? { account: alice, passwordHash } : undefined);
  const authenticator = passwordAuthenticator(find, createPasswordChecker());
  const blob = Buffer.from(KEY.split(' ')[1] ?? '', 'base64');
  const key = { algorithm: 'ssh-ed25519', blob };
  const other = { ...key, blob: Buffer.from(blob).fill(1, 20) };
  const signedIn = (user: string, key: PublicKey) =>
    authenticator.authenticate(user, { kind: 'public-key', key, signature: 'verified' }, peerWith());

  assert.equal(await signedIn('alice', key), alice);
  const details = await Promise.all([signedIn('alice', other), signedIn('bob', key), signedIn('a/b', key)]);
  assert.deepEqual(
    details.map((verdict) => isRefusal(verdict) && [verdict.refused, verdict.message, verdict.detail]),
    ['not a key of the account', 'unknown user', 'unknown user'].map((detail) => [
      'credentials',
      'Wrong user name or password',
      detail,
    ]),
  );
  assert.equal(await authenticator.findByKey?.('alice', key, peerWith()), alice);
  assert.equal(await authenticator.findByKey?.('alice', other, peerWith()), undefined);
  assert.equal(await authenticator.findByKey?.('bob', key, peerWith()), undefined);
});

/** `PASSWORD`, as crypt(3) hashes it by SHA-256. */
const FOREIGN_HASH = '$5$rounds=1000$saltsalt$TFDrLHsZ0msaZlw.ZViQNNRjyMG9kAB3KDkA8eLkI..';

/** An authenticator over one account whose hash another server made, and what the hash becomes. */
function foreign(checker = createPasswordChecker()) {
  const replaced: string[] = [];
  let stored = FOREIGN_HASH;
  const authenticator = passwordAuthenticator(
    async (name) => (name === 'alice' ? { account: account(name), passwordHash: stored } : undefined),
    checker,
    {
      async replaceHash(name, from, to) {
        if (name === 'alice' && from === stored) stored = to;
        replaced.push(to);
      },
    },
  );
  const signIn = async (password: string) =>
    authenticator.authenticate('alice', { kind: 'password', password }, peerWith());
  return { authenticator, signIn, replaced, stored: () => stored };
}

test('a password that another server hashed is hashed anew once its login is admitted, and not before', async () => {
  const { authenticator, signIn, replaced, stored } = foreign();
  assert.ok(isRefusal(await signIn('wrong')));
  const verdict = await signIn(PASSWORD);
  assert.ok(!isRefusal(verdict));
  assert.deepEqual(replaced, []);
  const password = { kind: 'password', password: PASSWORD } as const;
  await authenticator.admitted?.(verdict, password);
  assert.equal(await verifyPassword(PASSWORD, stored()), true);
  assert.equal(needsRehash(stored()), false);
  const next = await signIn(PASSWORD);
  assert.ok(!isRefusal(next));
  await authenticator.admitted?.(next, password);
  assert.equal(replaced.length, 1);
});

test('two logins at once by the hash of another server are both admitted, and one hash stays', async () => {
  const { authenticator, signIn, replaced, stored } = foreign();
  const password = { kind: 'password', password: PASSWORD } as const;
  const verdicts = await Promise.all([signIn(PASSWORD), signIn(PASSWORD)]);
  await Promise.all(
    verdicts.map(async (verdict) => !isRefusal(verdict) && authenticator.admitted?.(verdict, password)),
  );
  assert.equal(replaced.length, 2);
  assert.equal(stored(), replaced[0]);
  assert.equal(await verifyPassword(PASSWORD, stored()), true);
});

test('where too many logins wait, a password is hashed anew by a later one', async () => {
  const { authenticator, signIn, replaced, stored } = foreign({
    check: async () => true,
    hash: async () => undefined,
    policyRefusal: async () => undefined,
  });
  const verdict = await signIn(PASSWORD);
  assert.ok(!isRefusal(verdict));
  await authenticator.admitted?.(verdict, { kind: 'password', password: PASSWORD });
  assert.deepEqual(replaced, []);
  assert.equal(stored(), FOREIGN_HASH);
});
