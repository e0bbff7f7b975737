import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { RecordStore, ServerEvent } from '../../core/index.ts';
import { recordedEvents } from './from-events.ts';
import { SessionRecords } from './session-records.ts';

const ALL: ReadonlySet<string> = new Set(recordedEvents(true));
const ORIGIN = { session: 's', protocol: 'ftp', address: '192.0.2.1', at: 0, seq: 1 } as const;
const REFUSED: ServerEvent = { event: 'command.refused', verb: 'DELE', reply: 550, reason: 'no', ...ORIGIN };

/** A store that has recorded what it is asked for when the test says so. */
function heldStore(): { readonly store: RecordStore; readonly settle: (isRecorded: boolean) => void } {
  const asked: ((isRecorded: boolean) => void)[] = [];
  const store = { trouble: undefined, recorded: () => new Promise<boolean>((resolve) => asked.push(resolve)) };
  return { store, settle: (isRecorded) => asked.shift()?.(isRecorded) };
}

test('a session waits only where something of it was published', async () => {
  const { store, settle } = heldStore();
  const records = new SessionRecords(store, () => ALL);
  assert.equal(records.recorded('s'), undefined);
  records.hear({ event: 'command', verb: 'NOOP', argument: '', reply: 200, durationMs: 0, ...ORIGIN }, true);
  assert.equal(records.recorded('s'), undefined, 'that is not recorded');
  records.hear(REFUSED, true);
  assert.equal(records.recorded('other'), undefined);
  const waiting = records.recorded('s');
  settle(true);
  assert.equal(await waiting, true);
  await setImmediate();
  await setImmediate();
  assert.equal(records.recorded('s'), undefined);
});

test('two parts of a session that wait at a time both wait until the record is there', async () => {
  const { store, settle } = heldStore();
  const records = new SessionRecords(store, () => ALL);
  records.hear(REFUSED, true);
  const [one, other] = [records.recorded('s'), records.recorded('s')];
  assert.ok(one && other);
  settle(false);
  assert.deepEqual(await Promise.all([one, other]), [false, false]);
});

test('an event that found no room is told to each part of the command, for it may be the one whose record that is', async () => {
  const { store, settle } = heldStore();
  const records = new SessionRecords(store, () => ALL);
  records.hear(STORED, true);
  records.hear(STORED, false);
  assert.equal(await records.recorded('s'), false);
  records.hear(STORED, true);
  assert.equal(await records.recorded('s'), false);
  assert.equal(records.recorded('other'), undefined);
  records.commandEnded('s');
  const next = records.recorded('s');
  settle(true);
  assert.equal(await next, true, 'the next command is told of its own records alone');
  assert.equal(records.recorded('s'), undefined);
});

const STORED = { event: 'file.changed', session: 's', change: 'stored' } as unknown as ServerEvent;

test('What could not be recorded for one file of a bundle is not recorded for those that ask behind it, though the disk takes records again', async () => {
  let isWritable = false;
  const records = new SessionRecords({ trouble: undefined, recorded: async () => isWritable }, () => ALL);
  records.hear(STORED, true);
  records.hear(STORED, true);
  assert.equal(await records.recorded('s'), false);
  await setImmediate();
  await setImmediate();
  isWritable = true;
  assert.equal(await records.recorded('s'), false);
  records.hear(STORED, true);
  assert.equal(await records.recorded('s'), false);
  records.commandEnded('s');
  records.hear(STORED, true);
  assert.equal(await records.recorded('s'), true, 'a later command has its own record');
});

test('a session that has ended leaves nothing behind', async () => {
  const { store } = heldStore();
  const records = new SessionRecords(store, () => ALL);
  records.hear(STORED, false);
  records.hear({ event: 'session.closed', reason: 'QUIT', durationMs: 1, ...ORIGIN }, true);
  assert.equal(records.recorded('s'), undefined);
});

test('where only some events are waited for, others hold no session up', async () => {
  const { store } = heldStore();
  const awaited = new Set<string>();
  const records = new SessionRecords(store, () => awaited);
  records.hear(REFUSED, true);
  assert.equal(records.recorded('s'), undefined);
  awaited.add('command.refused');
  records.hear(REFUSED, true);
  assert.notEqual(records.recorded('s'), undefined);
});
