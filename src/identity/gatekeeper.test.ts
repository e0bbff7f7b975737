import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  type Account,
  type Authenticator,
  type Ban,
  type Credentials,
  type Files,
  isRefusal,
  type NewEvent,
  type Peer,
  type PublicKey,
  publicKeyLine,
  publisher,
  type Refusal,
  ROOT,
  type ServerEvent,
  type Workspace,
} from '../core/index.ts';
import { account } from './account.ts';
import { createGatekeeper, type GatekeeperOptions } from './gatekeeper.ts';

const PASSWORD = 'correct horse battery staple';
const HOUR = 3_600_000;
const FILES = {} as Files;

function peerAt(address: string): Peer {
  return { session: 's1', protocol: 'ftp', address, port: 4000 };
}
const PEER = peerAt('192.0.2.1');
const KEY_LINE = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea';

/** An authenticator of one's own: these accounts, one password, and a list of who asked. */
function authenticatorOf(...accounts: Account[]): Authenticator & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async authenticate(user, credentials) {
      asked.push(user);
      const found = accounts.find(({ name }) => name === user);
      const isRight =
        credentials.kind === 'certificate' || (credentials.kind === 'password' && credentials.password === PASSWORD);
      return found && isRight
        ? found
        : { refused: 'credentials', message: 'Mine', detail: found ? 'wrong' : 'unknown' };
    },
  };
}

function makeGatekeeper(authenticator: Authenticator, options: Partial<GatekeeperOptions> = {}) {
  return createGatekeeper({
    authenticator,
    openFiles: async () => FILES,
    makeRateLimiter: () => ({ take: async () => {} }),
    ...options,
    limits: { failedLoginDelayMs: 0, ...options.limits },
  });
}

function password(text = PASSWORD): Credentials {
  return { kind: 'password', password: text };
}

function refusalIn(answer: Workspace | Refusal): Refusal {
  assert.ok(isRefusal(answer));
  return answer;
}

function workspaceIn(answer: Workspace | Refusal): Workspace {
  assert.ok(!isRefusal(answer));
  return answer;
}

test('the right credentials open the files of the account, under the rules of the account or else the server', async () => {
  const alice = account('alice', {
    ftp: { sessionReuse: 'off' },
    rights: [{ path: ROOT, rights: ['list'] }],
    rate: { upload: 9 },
  });
  const opened: Account[] = [];
  const gatekeeper = makeGatekeeper(authenticatorOf(alice, account('bob')), {
    endOfStream: 'lenient',
    async openFiles(who) {
      opened.push(who);
      return FILES;
    },
  });
  const workspace = workspaceIn(await gatekeeper.admit('alice', password(), PEER));
  assert.equal(workspace.account, alice);
  assert.equal(workspace.files, FILES);
  assert.deepEqual(opened, [alice]);
  assert.equal(workspace.policy.sessionReuse, 'off');
  assert.equal(workspace.policy.endOfStream, 'lenient');
  assert.ok(workspace.policy.upload);
  assert.equal(workspace.policy.download, undefined);

  const { policy } = workspaceIn(
    await makeGatekeeper(authenticatorOf(alice, account('bob'))).admit('bob', password(), PEER),
  );
  assert.deepEqual([policy.sessionReuse, policy.endOfStream], ['require', 'strict']);
});

test('wrong password, unknown user and disabled account are told apart in the log alone', async () => {
  const gatekeeper = makeGatekeeper(authenticatorOf(account('alice'), account('gone', { disabled: true })));
  const answers = [
    refusalIn(await gatekeeper.admit('alice', password('x'), PEER)),
    refusalIn(await gatekeeper.admit('nobody', password(), PEER)),
    refusalIn(await gatekeeper.admit('gone', password(), PEER)),
  ];
  assert.deepEqual(
    answers.map(({ detail }) => detail),
    ['wrong', 'unknown', 'disabled'],
  );
  for (const { detail: _, rule: __, ...told } of answers) {
    assert.deepEqual(told, { refused: 'credentials', message: 'Wrong user name or password' });
  }
});

test('what an account has against a session is told only to whoever shows its credentials', async () => {
  const yesterday = new Date(Date.now() - 24 * HOUR);
  const old = account('old', { expires: yesterday });
  const far = account('far', { allowedAddresses: ['198.51.100.0/24'] });
  const full = account('full', { maxSessions: 0 });
  const gatekeeper = makeGatekeeper(authenticatorOf(old, far, full));
  for (const [user, refused] of [
    ['old', 'expired'],
    ['far', 'address'],
    ['full', 'too-many-sessions'],
  ] as const) {
    assert.equal(refusalIn(await gatekeeper.admit(user, password(), PEER)).refused, refused);
    assert.equal(refusalIn(await gatekeeper.admit(user, password('x'), PEER)).refused, 'credentials');
  }
  workspaceIn(await gatekeeper.admit('far', password(), peerAt('::ffff:198.51.100.9')));
  const later = account('later', { expires: new Date(Date.now() + HOUR) });
  workspaceIn(await makeGatekeeper(authenticatorOf(later)).admit('later', password(), PEER));
});

test('too many failed logins ban the address, for the greeting and for the right password too', async () => {
  const events: NewEvent[] = [];
  const authenticator = authenticatorOf(account('alice'), account('gone', { disabled: true }));
  const gatekeeper = makeGatekeeper(authenticator, {
    limits: { banAfterFailedLogins: 3 },
    publish: (event) => events.push(event),
  });
  await gatekeeper.admit('alice', password('x'), PEER);
  await gatekeeper.admit('nobody', password(), PEER);
  assert.equal(gatekeeper.welcome(PEER), undefined);
  await gatekeeper.admit('gone', password(), PEER);
  assert.deepEqual(
    events.map(({ event }) => event),
    ['login.failed', 'login.failed', 'address.banned', 'login.failed'],
  );
  const banned = events.find((event) => event.event === 'address.banned');
  assert.equal(banned?.network, '192.0.2.1');

  const refusal = gatekeeper.welcome(PEER);
  assert.equal(refusal?.refused, 'banned');
  assert.equal(refusal?.close, true);
  assert.deepEqual(await gatekeeper.admit('alice', password(), PEER), refusal);
  assert.deepEqual(await gatekeeper.admit('alice', { kind: 'certificate' }, PEER), refusal);
  assert.equal(authenticator.asked.length, 3);
  workspaceIn(await gatekeeper.admit('alice', password(), peerAt('192.0.2.2')));
});

test('only wrong passwords count: no certificate, no overload, and nothing that an account forbids', async () => {
  const busy: Authenticator = { authenticate: async () => ({ refused: 'unavailable', message: 'Come again' }) };
  const limits = { banAfterFailedLogins: 1 };
  const full = makeGatekeeper(authenticatorOf(account('full', { maxSessions: 0 })), { limits });
  await full.admit('full', password(), PEER);
  await full.admit('full', { kind: 'certificate' }, PEER);
  assert.equal(full.welcome(PEER), undefined);
  const overloaded = makeGatekeeper(busy, { limits });
  await overloaded.admit('alice', password(), PEER);
  assert.equal(overloaded.welcome(PEER), undefined);
});

test('the answer to a failure is held back, and so are the attempts that follow it, before they are looked at', async () => {
  const authenticator = authenticatorOf(account('alice'));
  const gatekeeper = makeGatekeeper(authenticator, {
    limits: { failedLoginDelayMs: HOUR, maxFailedLoginDelayMs: HOUR },
  });
  const gone = new AbortController();
  const failed = gatekeeper.admit('alice', password('x'), PEER, gone.signal);
  await setImmediate();
  const more = Promise.allSettled([
    gatekeeper.admit('bob', password(), PEER, gone.signal),
    gatekeeper.admit('alice', password(), peerAt('192.0.2.2'), gone.signal),
  ]);
  await setImmediate();
  assert.deepEqual(authenticator.asked, ['alice']);
  gone.abort();
  // The failure that was found is told even to whoever does not wait for it: it belongs into the log.
  assert.equal(refusalIn(await failed).refused, 'credentials');
  for (const answer of await more) {
    assert.equal(answer.status === 'rejected' && answer.reason.name, 'AbortError');
  }
});

test('who knows an address from an earlier login is not slowed down by failures from elsewhere', async () => {
  const gatekeeper = makeGatekeeper(authenticatorOf(account('alice')), {
    limits: { failedLoginDelayMs: HOUR, maxFailedLoginDelayMs: HOUR },
  });
  workspaceIn(await gatekeeper.admit('alice', password(), PEER));
  const gone = new AbortController();
  const failed = gatekeeper.admit('alice', password('x'), peerAt('198.51.100.1'), gone.signal);
  await setImmediate();
  workspaceIn(await gatekeeper.admit('alice', password(), PEER));
  gone.abort();
  assert.equal(refusalIn(await failed).refused, 'credentials');
});

test('an attempt that was waiting when its address got banned is not looked at', async () => {
  const asked: string[] = [];
  const slow = Promise.withResolvers<Refusal>();
  const authenticator: Authenticator = {
    authenticate(user) {
      asked.push(user);
      return user === 'slow' ? slow.promise : Promise.resolve({ refused: 'credentials', message: '' });
    },
  };
  const gatekeeper = makeGatekeeper(authenticator, { limits: { failedLoginDelayMs: 20, banAfterFailedLogins: 2 } });
  const answers = [gatekeeper.admit('slow', password(), PEER), gatekeeper.admit('quick', password(), PEER)];
  await setImmediate();
  answers.push(gatekeeper.admit('waiting', password(), PEER));
  slow.resolve({ refused: 'credentials', message: '' });
  assert.deepEqual(
    (await Promise.all(answers)).map((answer) => refusalIn(answer).refused),
    ['credentials', 'credentials', 'banned'],
  );
  assert.deepEqual(asked, ['slow', 'quick']);
});

test('a banned address hears so at once, however long others have to wait', async () => {
  const until = new Date(Date.now() + HOUR);
  const gatekeeper = makeGatekeeper(authenticatorOf(), {
    bans: [{ network: '192.0.2.1', until }],
    limits: { failedLoginDelayMs: HOUR, maxFailedLoginDelayMs: HOUR },
  });
  const gone = new AbortController();
  const failed = gatekeeper.admit('alice', password('x'), peerAt('198.51.100.1'), gone.signal);
  await setImmediate();
  assert.equal(refusalIn(await gatekeeper.admit('alice', password(), PEER)).refused, 'banned');
  gone.abort();
  assert.equal(refusalIn(await failed).refused, 'credentials');
});

test('hanging up while the password is checked opens nothing, and a wrong one counts all the same', async () => {
  const verdict = Promise.withResolvers<Account | Refusal>();
  let opened = 0;
  const gatekeeper = makeGatekeeper(
    { authenticate: () => verdict.promise },
    {
      limits: { banAfterFailedLogins: 1 },
      openFiles: async () => {
        opened += 1;
        return FILES;
      },
    },
  );
  const gone = new AbortController();
  const [right, wrong] = [account('alice', { maxSessions: 1 }), { refused: 'credentials', message: '' } as const];
  const answer = gatekeeper.admit('alice', password(), PEER, gone.signal);
  gone.abort();
  verdict.resolve(right);
  await assert.rejects(answer, { name: 'AbortError' });
  assert.equal(opened, 0);

  const guess = makeGatekeeper({ authenticate: async () => wrong }, { limits: { banAfterFailedLogins: 1 } });
  const late = new AbortController();
  const refused = guess.admit('alice', password(), PEER, late.signal);
  late.abort();
  await refused.catch(() => undefined);
  assert.equal(guess.welcome(PEER)?.refused, 'banned');
});

test('parallel logins never take more places than the account has, and leaving gives each back once', async () => {
  const gatekeeper = makeGatekeeper(authenticatorOf(account('alice', { maxSessions: 3 })), {
    openFiles: () => setImmediate(FILES),
  });
  const admit = () => gatekeeper.admit('alice', password(), PEER);
  const answers = await Promise.all(Array.from({ length: 20 }, admit));
  const inside = answers.filter((answer): answer is Workspace => !isRefusal(answer));
  assert.equal(inside.length, 3);
  const [first] = inside;
  assert.ok(first);
  await first[Symbol.asyncDispose]();
  await first[Symbol.asyncDispose]();
  const [next, none] = [await admit(), await admit()];
  workspaceIn(next);
  assert.equal(refusalIn(none).refused, 'too-many-sessions');
});

test('files that do not open, or open for nobody, cost no place', async () => {
  const opening = Promise.withResolvers<Files>();
  const storages = [Promise.reject(new Error('no medium')), opening.promise, Promise.resolve(FILES)];
  const gatekeeper = makeGatekeeper(authenticatorOf(account('alice', { maxSessions: 1 })), {
    openFiles: () => storages.shift() ?? Promise.reject(new Error('opened too often')),
  });
  await assert.rejects(gatekeeper.admit('alice', password(), PEER), /no medium/);
  const gone = new AbortController();
  const left = gatekeeper.admit('alice', password(), PEER, gone.signal);
  await setImmediate();
  gone.abort();
  opening.resolve(FILES);
  await assert.rejects(left, { name: 'AbortError' });
  workspaceIn(await gatekeeper.admit('alice', password(), PEER));
});

test('bans outlive a restart, but last no longer than a ban may now', async () => {
  const saved: Ban[] = [];
  const publish = (event: NewEvent) => void (event.event === 'address.banned' && saved.push(event));
  const options = { bans: saved, publish, limits: { banAfterFailedLogins: 1, banMs: HOUR } };
  const before = makeGatekeeper(authenticatorOf(), options);
  await before.admit('alice', password(), peerAt('2001:db8::1'));
  assert.deepEqual(
    saved.map(({ network }) => network),
    ['2001:db8:0:0::/64'],
  );
  const until = saved[0]?.until.getTime() ?? 0;
  assert.ok(until > Date.now() && until <= Date.now() + HOUR);

  saved.push({ network: '192.0.2.9', until: new Date(Date.now() - 1) });
  const after = makeGatekeeper(authenticatorOf(), options);
  assert.equal(after.welcome(peerAt('2001:db8::2'))?.refused, 'banned');
  assert.equal(after.welcome(peerAt('192.0.2.9')), undefined);
  const shorter = makeGatekeeper(authenticatorOf(), { bans: saved, limits: { banMs: 0 } });
  assert.equal(shorter.welcome(peerAt('2001:db8::2')), undefined);
});

test('each login and each refusal is published once, with whose session it was; a certificate that opens nothing is not', async () => {
  const events: NewEvent[] = [];
  const peer: Peer = { ...PEER, accounts: new Set(['alice', 'gone']) };
  const gatekeeper = makeGatekeeper(
    authenticatorOf(account('alice'), account('bob'), account('gone', { disabled: true })),
    {
      publish: (event) => events.push(event),
    },
  );
  workspaceIn(await gatekeeper.admit('alice', password(), peer));
  refusalIn(await gatekeeper.admit('gone', password(), peer));
  refusalIn(await gatekeeper.admit('bob', password(), peer));
  refusalIn(await gatekeeper.admit('nobody', { kind: 'certificate' }, peer));
  // It opens the account, which may not be used: nothing need follow that would tell of it.
  refusalIn(await gatekeeper.admit('bob', { kind: 'certificate' }, peer));
  const origin = { session: 's1', protocol: 'ftp', address: '192.0.2.1' };
  const ofOthers = { code: 'address', reason: 'the listener is for other accounts' };
  assert.deepEqual(events, [
    { event: 'login.succeeded', user: 'alice', method: 'password', account: 'alice', tls: 'clear', ...origin },
    { event: 'login.failed', user: 'gone', method: 'password', code: 'credentials', reason: 'disabled', ...origin },
    { event: 'login.failed', user: 'bob', method: 'password', ...ofOthers, ...origin },
    { event: 'login.failed', user: 'bob', method: 'certificate', ...ofOthers, ...origin },
  ]);
});

test('an account that has changed while its password was checked gets no session, and no place', async () => {
  const refusal: Refusal = { refused: 'unavailable', message: 'changed' };
  let changed = true;
  const events: NewEvent[] = [];
  const gatekeeper = makeGatekeeper(authenticatorOf(account('alice', { maxSessions: 1 })), {
    watch: async () => async () => (changed ? refusal : undefined),
    publish: (event) => events.push(event),
  });
  assert.deepEqual(await gatekeeper.admit('alice', password(), PEER), refusal);
  changed = false;
  workspaceIn(await gatekeeper.admit('alice', password(), PEER));
  assert.deepEqual(
    events.map(({ event }) => event),
    ['login.failed', 'login.succeeded'],
  );
});

test('the authenticator hears of a login that is admitted for good, and of no other', async () => {
  const heard: string[] = [];
  const events: NewEvent[] = [];
  const [bob, carol, dora, emil] = [
    account('bob', { disabled: true }),
    account('carol', { allowedAddresses: ['198.51.100.0/24'] }),
    account('dora', { expires: new Date(0) }),
    account('emil', { maxSessions: 1 }),
  ];
  const authenticator: Authenticator = {
    ...authenticatorOf(account('alice'), bob, carol, dora, emil),
    async admitted({ name }) {
      heard.push(name);
      if (name === 'alice') throw new Error('broken');
    },
  };
  let changed = false;
  const gatekeeper = makeGatekeeper(authenticator, {
    publish: (event) => events.push(event),
    watch: async () => async () => (changed ? { refused: 'credentials', message: 'No' } : undefined),
  });
  for (const user of ['bob', 'carol', 'dora', 'nobody']) refusalIn(await gatekeeper.admit(user, password(), PEER));
  refusalIn(await gatekeeper.admit('alice', password('wrong'), PEER));
  changed = true;
  refusalIn(await gatekeeper.admit('alice', password(), PEER));
  changed = false;
  assert.deepEqual(heard, []);
  workspaceIn(await gatekeeper.admit('emil', password(), PEER));
  refusalIn(await gatekeeper.admit('emil', password(), PEER));
  workspaceIn(await gatekeeper.admit('alice', password(), PEER));
  await setImmediate();
  assert.deepEqual(heard, ['emil', 'alice']);
  const warnings = events.filter(({ event }) => event === 'warning');
  assert.equal(warnings.length, 1);
});

test('what a key is held to counts beside the rules of its account, before it signs and behind that', async () => {
  const line = (options: string) => {
    const read = publicKeyLine(`${options} ${KEY_LINE}`.trim());
    return read ?? assert.fail(options);
  };
  const key = { algorithm: 'ssh-ed25519', blob: Uint8Array.from(Buffer.from(KEY_LINE.split(' ')[1] ?? '', 'base64')) };
  const accounts = [
    account('alice', { authorizedKeys: [line(`from="${PEER.address},!203.0.113.1"`)] }),
    account('far', { authorizedKeys: [line('from="198.51.100.0/24"')] }),
    account('late', { authorizedKeys: [line('expiry-time="20200101"')] }),
    account('both', { authorizedKeys: [line(`from="${PEER.address}"`)], allowedAddresses: ['198.51.100.0/24'] }),
    account('either', { authorizedKeys: [line('expiry-time="20200101"'), line('')] }),
  ];
  const find = (user: string) => accounts.find(({ name }) => name === user);
  const published: ServerEvent[] = [];
  const gatekeeper = makeGatekeeper(
    {
      authenticate: async (user) => find(user) ?? { refused: 'credentials', message: 'Mine' },
      findByKey: async (user) => find(user),
    },
    { publish: publisher((event) => void published.push(event)) },
  );
  for (const [user, refused] of [
    ['alice', undefined],
    ['far', 'address'],
    ['late', 'expired'],
    ['both', 'address'],
    ['either', undefined],
  ] as const) {
    const asked = await gatekeeper.wouldAdmit?.(user, key, PEER);
    assert.equal(typeof asked === 'object' ? asked.refused : undefined, refused, user);
    const answer = await gatekeeper.admit(user, { kind: 'public-key', key, signature: 'verified' }, PEER);
    assert.equal('refused' in answer ? answer.refused : undefined, refused, user);
  }
  const told = published.flatMap((event) => (event.event === 'login.failed' ? [event.reason] : []));
  assert.ok(
    told.includes('the key may not be used from there (from)') && told.includes('the key has expired (expiry-time)'),
  );
});

test('a key is asked for without being let in, and let in once it has signed; neither counts as a guess', async () => {
  const key = { algorithm: 'ssh-ed25519', blob: Uint8Array.of(1, 2, 3) };
  const accounts = [
    account('alice', { maxSessions: 1 }),
    account('gone', { disabled: true }),
    account('late', { expires: new Date(0) }),
    account('far', { allowedAddresses: ['198.51.100.0/24'] }),
  ];
  const findByKey: Authenticator['findByKey'] = async (user, { blob }) =>
    blob[0] === 1 ? accounts.find(({ name }) => name === user) : undefined;
  const authenticate: Authenticator['authenticate'] = async (user, credentials, peer) => {
    const found = credentials.kind === 'public-key' ? await findByKey(user, credentials.key, peer) : undefined;
    return found ?? { refused: 'credentials', message: 'Mine' };
  };
  const gatekeeper = makeGatekeeper({ authenticate, findByKey }, { limits: { banAfterFailedLogins: 1 } });
  const other = { ...key, blob: Uint8Array.of(9) };
  const wouldAdmit = async (user: string, asked = key) => {
    const answer = await gatekeeper.wouldAdmit?.(user, asked, PEER);
    return typeof answer === 'object' ? answer.refused : answer;
  };
  assert.deepEqual(
    await Promise.all(['alice', 'alice', 'gone', 'late', 'far', 'nobody'].map((user) => wouldAdmit(user))),
    [true, true, 'credentials', 'expired', 'address', false],
  );
  assert.equal(await wouldAdmit('alice', other), false);

  const admit = (asked: PublicKey) =>
    gatekeeper.admit('alice', { kind: 'public-key', key: asked, signature: 'verified' }, PEER);
  assert.equal(refusalIn(await admit(other)).refused, 'credentials');
  assert.equal(gatekeeper.welcome(PEER), undefined);
  assert.equal(workspaceIn(await admit(key)).account.name, 'alice');

  await gatekeeper.admit('alice', password('wrong'), PEER);
  assert.equal(await wouldAdmit('alice'), false, 'an address that is banned is told nothing');
  assert.equal(await makeGatekeeper(authenticatorOf()).wouldAdmit?.('alice', key, PEER), false);
});
