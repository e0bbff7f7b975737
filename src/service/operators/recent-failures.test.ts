import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '../../core/index.ts';
import { RecentFailures } from './recent-failures.ts';

let seq = 0;

function failed(address: string, user = 'anna'): ServerEvent {
  seq += 1;
  const origin = { session: 'a', protocol: 'ftp', address } as const;
  return {
    event: 'login.failed',
    user,
    method: 'password',
    code: 'credentials',
    reason: 'wrong password',
    at: seq,
    seq,
    ...origin,
  };
}

function usersOf(failures: RecentFailures, address: string): readonly (string | undefined)[] {
  return failures.of(address).map(({ user }) => user);
}

test('the last failures of an address are kept, the newest first, in whichever form the address comes', () => {
  const failures = new RecentFailures(() => 10);
  for (let number = 1; number <= 9; number += 1) failures.hear(failed('192.0.2.7', `user${number}`));
  assert.deepEqual(usersOf(failures, '::ffff:192.0.2.7'), ['user9', 'user8', 'user7', 'user6', 'user5', 'user4']);
  assert.deepEqual(failures.of('192.0.2.8'), []);
});

test('who has a whole network of addresses pushes out none of another network', () => {
  const failures = new RecentFailures(() => 2);
  failures.hear(failed('192.0.2.7'));
  for (let number = 0; number < 5000; number += 1) failures.hear(failed(`2001:db8:0:${number.toString(16)}::1`));
  for (let number = 0; number < 256; number += 1) failures.hear(failed(`2001:db8:0:1::${number.toString(16)}`));
  assert.deepEqual(usersOf(failures, '192.0.2.7'), ['anna']);
  failures.hear(failed('198.51.100.1'));
  assert.deepEqual(usersOf(failures, '192.0.2.7'), [], 'the network that failed longest ago goes first');
});

test('what a peer chose is kept in bounds, and acts on no terminal', () => {
  const failures = new RecentFailures(() => 2);
  failures.hear(failed('192.0.2.7', `\u001b[31m${'x'.repeat(9000)}`));
  const [user = ''] = usersOf(failures, '192.0.2.7');
  assert.ok(user.length < 300 && !user.includes('\u001b'), user);
});
