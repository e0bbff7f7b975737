import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Looked } from '../monitoring/index.ts';
import { attentionToHealth } from './attention.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const WELL: Looked = {
  frontEnd: { isListening: true, sessions: { explicit: 0, implicit: 0, sftp: 0, web: 0 }, processes: [] },
  storages: [{ name: 'default', space: { total: 1000, free: 500 } }],
  audit: {
    trouble: undefined,
    isRefusing: false,
    queuedBytes: 0,
    lostRecords: 3,
    space: { bytes: 1, total: 1000, free: 500 },
    spaceProblem: undefined,
  },
  outputs: [['syslog', { queuedBytes: 100, lostLines: 0 }]],
  problems: [],
};

function told(change: Partial<Looked>): readonly string[] {
  return attentionToHealth({ ...WELL, ...change }, NOW).map(({ code, message }) => `${code}: ${message}`);
}

test('a service that is well needs no attention, whatever was lost before', () => {
  assert.deepEqual(told({}), []);
  assert.deepEqual(told({ audit: undefined }), []);
});

test('what keeps the service from being ready comes first, in its own words', () => {
  const storages = [{ name: 'default', space: { total: 1000, free: 0 } }];
  assert.deepEqual(
    told({ problems: [{ code: 'storage', about: 'default', message: 'The storage default is full' }], storages }),
    ['not-ready: The storage default is full'],
  );
});

test('an audit trail that can not be written needs attention, also where operations go on without it', () => {
  const audit = { ...WELL.audit, trouble: 'ENOSPC', spaceProblem: 'make room' } as NonNullable<Looked['audit']>;
  assert.deepEqual(told({ audit }), [
    "audit-not-written: Audit records can't be written: ENOSPC; 3 records were lost since the start",
    'audit-space: make room',
  ]);
  assert.deepEqual(told({ audit: { ...audit, isRefusing: true, spaceProblem: undefined } }), []);
});

test('a storage with little space left is named, before it is full', () => {
  const storages = [{ name: 'big', space: { total: 1000, free: 49 } }];
  assert.deepEqual(told({ storages }), ['storage-space: The storage big has 4 % of its space left']);
});

test('a log that takes no line is named with its destination, once that lasts', () => {
  const output = (ago: number) => [['syslog', { queuedBytes: 1, lostLines: 7, stuckSince: NOW - ago }]] as const;
  assert.deepEqual(told({ outputs: output(9000) }), []);
  assert.deepEqual(told({ outputs: output(60_000) }), [
    'log-not-taken: The log on syslog has taken no line since 2026-11-30T11:59:00.000Z, and 7 lines were lost since the start',
  ]);
});
