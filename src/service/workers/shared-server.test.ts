import assert from 'node:assert/strict';
import { once } from 'node:events';
import { beforeEach, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
  background,
  isRefusal,
  type Peer,
  type RateLimiter,
  ROOT,
  resolvePath,
  type Storage,
} from '../../core/index.ts';
import { QuotaCounters } from '../../files/index.ts';
import { account, createAdmissionControl } from '../../identity/index.ts';
import { KeyedLimiter, OpenSessions } from '../../server/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import type { Shared, SharedHere } from '../shared.ts';
import type { FromWorker } from './messages.ts';
import { Primary } from './primary.ts';
import { remoteShared } from './remote-shared.ts';
import type { Answer } from './rpc.ts';
import { SharedServer } from './shared-server.ts';

const PEER: Peer = { session: 's1', protocol: 'ftp', address: '192.0.2.1', port: 4000 };
const PASSWORD = { kind: 'password', password: 'right' } as const;
const ALICE = { name: 'alice', home: ROOT };

let here: SharedHere;
let storage: Storage;
/** What rateLimiters were asked for, and what they were told. */
let taken: { bytes: number; signal: AbortSignal | undefined }[];
let limiter: RateLimiter;

beforeEach(() => {
  taken = [];
  limiter = { take: async (bytes, signal) => void taken.push({ bytes, signal }) };
  storage = memoryStorage();
  const counters = new QuotaCounters(storage);
  counters.setQuota(ALICE, { bytes: 100 });
  const alice = account('alice', { maxSessions: 1, rate: { upload: 1 }, expires: new Date(2 ** 42) });
  const admission = createAdmissionControl({
    authenticator: {
      authenticate: async (user) => (user === 'alice' ? alice : Promise.reject(new Error('No database'))),
    },
    makeRateLimiter: () => limiter,
  });
  here = {
    admission,
    control: admission,
    digests: new KeyedLimiter(),
    sessions: new OpenSessions(),
    counters,
  };
});

/** A worker, as far as what is shared goes; messages are copied, as between processes, and arrive later. */
function worker(): { readonly shared: Shared; readonly die: () => void } {
  const server = new SharedServer(here, (answer) => later<Answer>(answer, (copy) => primary.receive(copy)));
  const primary = new Primary((message) => later<FromWorker>(message, (copy) => server.receive(copy)));
  return { shared: remoteShared(primary), die: () => server.close() };
}

function later<Message>(message: Message, deliver: (copy: Message) => void): void {
  const copy = structuredClone(message);
  queueMicrotask(() => deliver(copy));
}

async function admitted({ shared }: { readonly shared: Shared }) {
  const admission = await shared.admission.admit('alice', PASSWORD, PEER);
  assert.ok('account' in admission);
  return admission;
}

test('a worker lets in whom the primary does, with the account as it is, and gives the place back', async () => {
  const [one, other] = [worker(), worker()];
  const admission = await admitted(one);
  assert.deepEqual(admission.account.expires, new Date(2 ** 42));
  assert.equal(admission.rateLimiters.download, undefined);
  const refused = await other.shared.admission.admit('alice', PASSWORD, PEER);
  assert.ok('refused' in refused && refused.refused === 'too-many-sessions');
  admission.release();
  await admitted(other);
});

test('a question that fails in the primary fails in the worker, with what is known of it', async () => {
  await assert.rejects(worker().shared.admission.admit('bob', PASSWORD, PEER), /No database/);
});

test('a worker asks the primary for whom a key would open an account, and lets in by it who has signed', async () => {
  const key = { algorithm: 'ssh-ed25519', blob: Uint8Array.of(1, 2, 3) };
  const alice = account('alice');
  const asked: string[] = [];
  const control = createAdmissionControl({
    authenticator: {
      findByKey: async (user, { algorithm, blob }, { address }) => {
        asked.push(`${user} ${algorithm} ${blob.join('.')} ${address}`);
        return user === 'alice' && blob[0] === 1 ? alice : undefined;
      },
      authenticate: async (_, credentials) =>
        credentials.kind === 'public-key' && credentials.key.blob[0] === 1
          ? alice
          : { refused: 'credentials', message: 'No' },
    },
    makeRateLimiter: () => limiter,
  });
  here = { ...here, admission: control, control };
  const { shared } = worker();
  const wouldAdmit = (user: string, first: number) =>
    shared.admission.wouldAdmit(user, { ...key, blob: Uint8Array.of(first, 2, 3) }, PEER);
  assert.deepEqual(
    [await wouldAdmit('alice', 1), await wouldAdmit('alice', 9), await wouldAdmit('bob', 1)],
    [true, false, false],
  );
  assert.deepEqual(
    asked,
    ['alice', 'alice', 'bob'].map((user, index) => `${user} ssh-ed25519 ${index === 1 ? 9 : 1}.2.3 192.0.2.1`),
  );
  const admission = await shared.admission.admit('alice', { kind: 'public-key', key, signature: 'verified' }, PEER);
  assert.ok('account' in admission && admission.account.name === 'alice');

  // Whoever waits no more is free at once.
  control.wouldAdmit = (_user, _key, _peer, signal) =>
    new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('Aborted there'))));
  const abort = new AbortController();
  const waiting = shared.admission.wouldAdmit('alice', key, PEER, abort.signal);
  await setImmediate();
  abort.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
});

test('sessions of two workers know of each other by the primary, which waits for a login in either', async () => {
  const [one, other] = [worker(), worker()];
  for (const session of ['s1', 's2']) here.sessions.begin(session, PEER.address);
  one.shared.sessions.signIn('s1', { account: 'alice', host: undefined });
  const answer = one.shared.sessions.areOfOneAccount('s1', 's2', new AbortController().signal);
  other.shared.sessions.signIn('s2', { account: 'alice', host: undefined });
  assert.equal(await answer, true);
  other.shared.sessions.signOut('s2');
  const abort = new AbortController();
  const waiting = one.shared.sessions.areOfOneAccount('s1', 's2', abort.signal);
  await setImmediate();
  abort.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
});

test('bytes are paid for in the primary, and nobody pays on when the signal is given', async () => {
  const { rateLimiters } = await admitted(worker());
  await rateLimiters.upload?.take(5);
  assert.equal(taken[0]?.bytes, 5);
  limiter.take = (bytes, signal) =>
    new Promise((_, reject) => {
      taken.push({ bytes, signal });
      signal?.addEventListener('abort', () => reject(new Error('Aborted there')));
    });
  const abort = new AbortController();
  const waiting = rateLimiters.upload?.take(7, abort.signal);
  await setImmediate();
  abort.abort();
  await assert.rejects(waiting ?? Promise.resolve(), { name: 'AbortError' });
  assert.equal(taken[1]?.signal?.aborted, true);
});

test('all that a worker held is free when it is gone: places, hashes, waits', async () => {
  const [doomed, living] = [worker(), worker()];
  const { rateLimiters } = await admitted(doomed);
  limiter.take = (bytes, signal) => new Promise(() => taken.push({ bytes, signal }));
  rateLimiters.upload?.take(1).catch(() => undefined);
  assert.ok(await doomed.shared.digests.take('alice', 1));
  assert.equal(await living.shared.digests.take('alice', 1), undefined);
  doomed.die();
  assert.equal(taken[0]?.signal?.aborted, true);
  assert.ok(await living.shared.digests.take('alice', 1));
  await admitted(living);
});

test('what a worker that dies had reserved, and was changing, is no obstacle once the files are counted', async () => {
  const [doomed, living] = [worker(), worker()];
  const lost = doomed.shared.counters.of(ALICE);
  const counter = living.shared.counters.of(ALICE);
  assert.equal(await lost.reserve('lost', { more: { bytes: 90, files: 1 } }), 'reserved');
  assert.equal(await lost.begin({ id: 'change', path: ROOT }), 'counted');
  assert.equal(await counter.reserve('mine', { more: { bytes: 20, files: 0 } }), 'no-bytes');
  // It had become a file, but nobody could tell.
  const upload = await storage.write(resolvePath(ROOT, '/file'));
  upload.sink.write(Buffer.alloc(40));
  await upload.commit();
  doomed.die();
  assert.deepEqual(here.counters.used(ROOT), { bytes: 90, files: 1 });
  assert.equal(await counter.reserve('mine', { more: { bytes: 60, files: 0 } }), 'reserved');
  assert.equal(await counter.reserve('mine', { more: { bytes: 1, files: 0 } }), 'no-bytes');
});

test('what a worker has sent counts no more once its end was seen', async () => {
  const doomed = worker();
  await here.counters.of(ALICE).reserve('mine', { more: { bytes: 50, files: 0 } });
  doomed.die();
  doomed.shared.counters.of(ALICE).setQuota({ bytes: 1 });
  doomed.shared.counters.of(ALICE).release('mine');
  await setImmediate();
  assert.deepEqual(here.counters.used(ROOT), { bytes: 50, files: 0 });
  assert.equal(await here.counters.of(ALICE).reserve('mine', { more: { bytes: 50, files: 0 } }), 'reserved');
});

test('what is taken for a worker that is gone meanwhile is given back', async () => {
  const counted = Promise.withResolvers<{ bytes: number; files: number }>();
  const counters = new QuotaCounters(Object.assign(storage, { usage: () => counted.promise }));
  here = { ...here, counters };
  const doomed = worker();
  doomed.shared.counters.of(ALICE).setQuota({ bytes: 100 });
  background(
    Promise.resolve(doomed.shared.counters.of(ALICE).reserve('lost', { more: { bytes: 90, files: 0 } })),
    () => undefined,
  );
  await setImmediate();
  doomed.die();
  counted.resolve({ bytes: 10, files: 1 });
  await setImmediate();
  assert.equal(await here.counters.of(ALICE).reserve('mine', { more: { bytes: 90, files: 0 } }), 'reserved');
});

test('a session in a worker hears that it must end, and why; one that was given back does not', async () => {
  const { shared } = worker();
  const first = await shared.admission.admit('alice', PASSWORD, PEER);
  assert.ok(!isRefusal(first));
  first.release();
  const second = await shared.admission.admit('alice', PASSWORD, PEER);
  assert.ok(!isRefusal(second));
  const revoked = once(second.revoked, 'abort');
  here.control.endSessions('alice', 'account disabled');
  await revoked;
  assert.equal((second.revoked.reason as Error).message, 'account disabled');
  assert.ok(!first.revoked.aborted);
});
