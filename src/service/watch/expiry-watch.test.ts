import assert from 'node:assert/strict';
import { test } from 'node:test';
import { account } from '../../identity/index.ts';
import { testCertificate } from '../../testing/certificates.ts';
import { type Expiring, expiringCertificates } from '../expiry/expiring.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import { type Run, serverRuns } from './watch-scene.test.ts';

const DAY_MS = 86_400_000;
const END = Date.parse('2027-03-01T00:00:00Z');

/** A watch over things, as a run of the server has it, and what it tells so many days before `END`. */
function watchOf({ events, told }: Run, things: () => readonly Expiring[], marks: readonly number[] = [30, 14, 7, 1]) {
  const found: string[] = [];
  events.listen((event) => {
    if (!event.event.endsWith('.expires') || !('days' in event)) return;
    const of = 'account' in event ? event.account : event.certificate;
    found.push(`${event.event} ${of} ${event.days}: ${event.marks.join(' ')}`);
  });
  let now = 0;
  const watch = new ExpiryWatch({
    async *expiring() {
      yield* things();
    },
    marks: () => marks,
    isHalted: () => false,
    told,
    publish: events.publish,
    now: () => now,
  });
  return async (daysBefore: number): Promise<readonly string[]> => {
    found.length = 0;
    now = END - daysBefore * DAY_MS;
    await watch.look(new AbortController().signal);
    return [...found];
  };
}

const anna = (expires = new Date(END)): Expiring => ({ what: 'account', account: account('anna'), expires });

test('what expires is told once at each mark, through restarts, kept or not', async (context) => {
  const begin = await serverRuns(context);
  for (const [days, expected, isKept] of [
    [31, [], false],
    [30, ['account.expires anna 30: 30'], false],
    [29, [], true],
    [14, ['account.expires anna 14: 14'], true],
    [13.9, [], false],
    [5.5, ['account.expires anna 6: 7'], false],
    [2, [], false],
    [-0.5, ['account.expires anna 0: 1'], true],
    [-1, [], false],
  ] as const) {
    await using run = await begin();
    const at = watchOf(run, () => [anna()]);
    assert.deepEqual(await at(days), expected, `${days} days before`);
    assert.deepEqual(await at(days), [], 'the next look');
    if (isKept) await run.told.keep();
  }
});

test('what has come near its end already is told with all its marks at once, and another end begins anew', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  let thing = anna();
  const at = watchOf(run, () => [thing]);
  assert.deepEqual(await at(10), ['account.expires anna 10: 30 14']);
  thing = anna(new Date(END + 100 * DAY_MS));
  assert.deepEqual(await at(9), []);
  thing = anna(new Date(END + DAY_MS));
  assert.deepEqual(await at(9), ['account.expires anna 10: 30 14']);
});

test('an account that ended long ago is not told of', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  assert.deepEqual(await watchOf(run, () => [anna()])(-8), []);
});

test('a password and an account of one name, and a certificate and the one that replaces it, are told apart', async (context) => {
  const begin = await serverRuns(context);
  await using run = await begin();
  const [one, other] = await Promise.all(
    ['a.example', 'b.example'].map(async (name) => {
      const { certificate } = await testCertificate([name]);
      return expiringCertificates([certificate]).map((each): Expiring => ({ ...each, expires: new Date(END) }));
    }),
  );
  assert.ok(one && other);
  let certificates = one;
  const password: Expiring = { ...anna(), what: 'password', account: account('anna') };
  const at = watchOf(run, () => [...certificates, anna(), password]);
  assert.deepEqual(
    (await at(1)).map((each) => each.split(' ', 1)[0]),
    ['certificate.expires', 'account.expires', 'password.expires'],
  );
  assert.deepEqual(await at(1), []);
  certificates = other;
  const [renewed, ...others] = await at(1);
  assert.match(renewed ?? '', /^certificate\.expires .*: 30 14 7 1$/);
  assert.deepEqual(others, []);
});
