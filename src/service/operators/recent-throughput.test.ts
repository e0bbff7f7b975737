import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Direction, ROOT, type ServerEvent, type SessionInfo } from '../../core/index.ts';
import { RecentThroughput } from './recent-throughput.ts';

let time = 0;
let throughput: RecentThroughput;

beforeEach(() => {
  time = 100_000;
  throughput = new RecentThroughput(() => time);
});

function finished(direction: Direction, bytes: number, durationMs: number): ServerEvent {
  return {
    event: 'transfer.finished',
    at: 0,
    seq: 1,
    session: '1',
    protocol: 'ftp',
    address: '192.0.2.1',
    verb: 'X',
    direction,
    path: ROOT,
    offset: 0,
    bytes,
    durationMs,
    ending: 'clean',
    outcome: 'complete',
    reply: 226,
  };
}

function moving(direction: Direction, rate: number): SessionInfo {
  const transfer = { verb: 'X', direction, path: ROOT, offset: 0, since: 0, bytes: 1, rate, averageRate: 1 };
  return { session: '1', protocol: 'ftp', address: '192.0.2.1', mode: 'explicit', port: 1, since: 0, transfer };
}

test('many short transfers count for the last seconds, and then no more', () => {
  for (let second = 0; second < 5; second += 1) {
    for (let each = 0; each < 10; each += 1) throughput.hear(finished('upload', 1000, 5));
    time += 1000;
  }
  time -= 1000;
  assert.deepEqual(throughput.measure([]), { upload: 10_000, download: 0 });
  time += 60_000;
  assert.deepEqual(throughput.measure([]), { upload: 0, download: 0 });
});

test('of a long transfer that has ended, only what it moved in the last seconds counts', () => {
  throughput.hear(finished('download', 1_000_000, 100_000));
  const { download } = throughput.measure([]);
  assert.ok(download >= 8_000 && download <= 12_000, String(download));
});

test('what runs counts as fast as it is now, and listings are downloads', () => {
  const sessions = [moving('upload', 5), moving('upload', 7), moving('download', 100), moving('listing', 20)];
  assert.deepEqual(throughput.measure(sessions), { upload: 12, download: 120 });
});

test('a transfer of no time at all can be counted too', () => {
  throughput.hear(finished('download', 5000, 0));
  assert.deepEqual(throughput.measure([]), { upload: 0, download: 1000 });
});
