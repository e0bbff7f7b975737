import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { limitsWith } from '../core/index.ts';
import { createLoginThrottle, type LoginThrottle } from './login-throttle.ts';

const limits = limitsWith({ banAfterFailedLogins: 6 });
const HOME = '192.0.2.1';
const ATTACKER = '198.51.100.1';

let time = 0;
let throttle: LoginThrottle;

beforeEach(() => {
  time = 5;
  throttle = createLoginThrottle(limits, () => time);
});

/** A stranger's address, another one for each number. */
function stranger(index: number): string {
  return `203.0.${index >> 8}.${index & 255}`;
}

test('each failure doubles the wait, up to the longest', () => {
  assert.equal(throttle.waitMs(ATTACKER, 'alice'), 0);
  const waits = [1, 2, 3, 4, 5].map(() => {
    throttle.failed(ATTACKER, 'alice');
    return throttle.waitMs(ATTACKER, 'alice');
  });
  assert.deepEqual(waits, [1000, 2000, 4000, 8000, 8000]);
});

test('a wait passes with time, and is over for whoever has waited', () => {
  throttle.failed(ATTACKER, 'alice');
  time += 400;
  assert.equal(throttle.waitMs(ATTACKER, 'alice'), 600);
  time += 600;
  assert.equal(throttle.waitMs(ATTACKER, 'alice'), 0);
});

test('a failure counts for the window and not longer', () => {
  throttle.failed(ATTACKER, 'alice');
  time += limits.failedLoginWindowMs - 1;
  throttle.failed(ATTACKER, 'alice');
  assert.equal(throttle.waitMs(ATTACKER, 'alice'), 2000);
  time += limits.failedLoginWindowMs;
  throttle.failed(ATTACKER, 'alice');
  assert.equal(throttle.waitMs(ATTACKER, 'alice'), 1000);
});

test('an address that fails too often is banned for its time, whatever names it tried', () => {
  const banned = ['a', 'b', 'c', 'd', 'e', 'f'].map((user) => throttle.failed(ATTACKER, user));
  assert.deepEqual(banned, [false, false, false, false, false, true]);
  assert.equal(throttle.isBanned(ATTACKER), true);
  assert.equal(throttle.isBanned(HOME), false);
  time += limits.banMs - 1;
  assert.equal(throttle.isBanned(ATTACKER), true);
  time += 1;
  assert.equal(throttle.isBanned(ATTACKER), false);
});

test('after a ban an address begins anew', () => {
  throttle = createLoginThrottle({ ...limits, banMs: 1 }, () => time);
  for (let failures = 1; failures < limits.banAfterFailedLogins; failures += 1) throttle.failed(ATTACKER, 'alice');
  assert.equal(throttle.failed(ATTACKER, 'alice'), true);
  time += 1;
  assert.equal(throttle.failed(ATTACKER, 'alice'), false);
  assert.equal(throttle.isBanned(ATTACKER), false);
});

test('signing in to an account of its own does not clear the count of an address', () => {
  for (let failures = 1; failures < limits.banAfterFailedLogins; failures += 1) {
    throttle.failed(ATTACKER, 'alice');
    throttle.succeeded(ATTACKER, 'mallory');
  }
  assert.equal(throttle.failed(ATTACKER, 'alice'), true);
});

test('failures from the addresses of one IPv6 /64 count together', () => {
  for (let host = 1; host < limits.banAfterFailedLogins; host += 1) throttle.failed(`2001:db8::${host}`, 'alice');
  assert.equal(throttle.failed('2001:db8::ffff', 'alice'), true);
  assert.equal(throttle.isBanned('2001:db8::abcd'), true);
  assert.equal(throttle.isBanned('2001:db8:0:1::abcd'), false);
});

test('guesses at one account from many addresses are slowed down for every address but those its owner came from', () => {
  throttle.succeeded(HOME, 'alice');
  for (let index = 0; index < 100; index += 1) throttle.failed(stranger(index), 'alice');
  assert.equal(throttle.waitMs(ATTACKER, 'alice'), limits.maxFailedLoginDelayMs);
  assert.equal(throttle.waitMs(ATTACKER, 'bob'), 0);
  assert.equal(throttle.waitMs(HOME, 'alice'), 0);
  throttle.failed(HOME, 'alice');
  assert.equal(throttle.waitMs(HOME, 'alice'), 1000);
});

test('an address is known to one account only, and for a time', () => {
  throttle.succeeded(HOME, 'alice');
  throttle.failed(ATTACKER, 'bob');
  assert.equal(throttle.waitMs(HOME, 'bob'), 1000);
  time += limits.knownAddressMs;
  throttle.failed(ATTACKER, 'alice');
  assert.equal(throttle.waitMs(HOME, 'alice'), 1000);
});

test('whatever others do, nobody is locked out: an address that did not fail is not banned and waits 8 s at the most', () => {
  const attempt = fc.record({ address: fc.nat(300), user: fc.constantFrom('alice', 'bob'), pause: fc.nat(20_000) });
  fc.assert(
    fc.property(fc.array(attempt, { maxLength: 200 }), (attempts) => {
      throttle = createLoginThrottle(limits, () => time);
      for (const { address, user, pause } of attempts) {
        throttle.failed(stranger(address), user);
        time += pause;
        assert.equal(throttle.isBanned(HOME), false);
        assert.ok(throttle.waitMs(HOME, 'alice') <= limits.maxFailedLoginDelayMs);
      }
    }),
  );
});

test('what is remembered is bounded: the oldest goes first', () => {
  throttle = createLoginThrottle({ ...limits, maxTrackedLogins: 10 }, () => time);
  for (let index = 0; index < 11; index += 1) throttle.failed(stranger(index), `user${index}`);
  assert.equal(throttle.waitMs(stranger(0), 'user0'), 0);
  assert.equal(throttle.waitMs(stranger(1), 'user1'), 1000);
});

test('what is remembered of a name takes few bytes, however long it is', () => {
  const before = heapBytes();
  // As the server has them: cut out of the line that they came in.
  for (let index = 0; index < 5000; index += 1) {
    const line = `USER ${index} ${'x'.repeat(8000)}`;
    throttle.failed(stranger(index), line.slice(5));
  }
  const each = (heapBytes() - before) / 5000;
  assert.ok(each < 2000, `${each} bytes a name`);
  assert.equal(throttle.waitMs(HOME, `4999 ${'x'.repeat(8000)}`), 1000);
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
