import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Direction, ROOT, type ServerEvent, type SessionInfo } from '../../core/index.ts';
import { RecentActivity } from './recent-activity.ts';

const MINUTE = 60_000;

let time = 0;
let activity: RecentActivity;

beforeEach(() => {
  time = 1000 * MINUTE;
  activity = new RecentActivity(() => time);
});

const SESSION = { at: 0, seq: 1, session: '1', protocol: 'ftp', address: '192.0.2.1' } as const;

function finished(direction: Direction, bytes: number, durationMs: number): ServerEvent {
  const how = { verb: 'X', path: ROOT, offset: 0, ending: 'clean', outcome: 'complete', reply: 226 } as const;
  return { event: 'transfer.finished', ...SESSION, ...how, direction, bytes, durationMs };
}

function counted(sessions: readonly SessionInfo[] = []) {
  return activity
    .series(sessions)
    .map(({ at, ...counts }) => [Date.parse(at) / MINUTE, ...Object.values(counts)])
    .filter(([, ...counts]) => counts.some((count) => count !== 0));
}

test('a transfer counts in the minutes in which it ran, as far as they are shown', () => {
  time += MINUTE / 2;
  activity.hear(finished('upload', 100, MINUTE));
  activity.hear(finished('listing', 8, 0));
  assert.deepEqual(counted(), [
    [999, 50, 0, 0, 0, 0],
    [1000, 50, 8, 0, 0, 0],
  ]);
  activity.hear(finished('download', 1200, 120 * MINUTE));
  assert.equal(activity.series([]).length, 61);
  assert.deepEqual(counted()[0], [940, 0, 10, 0, 0, 0]);
});

test('a transfer that runs counts with what it has moved so far', () => {
  const transfer = { direction: 'download', bytes: 60, since: time - MINUTE, rate: 0 };
  const session = { session: '1', transfer } as unknown as SessionInfo;
  assert.deepEqual(counted([session]), [[999, 0, 60, 0, 0, 0]]);
});

test('logins and refusals are counted for an hour, and take no more room however many there are', () => {
  const by = { user: 'anna', method: 'password' } as const;
  for (let minute = 0; minute < 200; minute += 1) {
    activity.hear({ event: 'login.succeeded', ...SESSION, ...by });
    activity.hear({ event: 'login.failed', ...SESSION, ...by, code: 'credentials', reason: 'x' });
    activity.hear({ event: 'data.refused', ...SESSION, code: 'another-address', reason: 'x' } as never);
    time += MINUTE;
  }
  const rows = counted();
  assert.deepEqual([rows.length, rows.at(-1)], [60, [1199, 0, 0, 1, 1, 1]]);
  // The clock of the machine is set back: minutes to come are none.
  time -= 100 * MINUTE;
  activity.hear({ event: 'login.succeeded', ...SESSION, ...by });
  assert.deepEqual(counted(), [[1100, 0, 0, 1, 0, 0]]);
});
