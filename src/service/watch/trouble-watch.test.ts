import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventStream } from '../../operations/index.ts';
import type { Attention } from '../operators/attention.ts';
import { TroubleWatch } from './trouble-watch.ts';

const FULL: Attention = { code: 'not-ready', about: 'storage', message: 'The storage default is full' };
const low = (percent: number): Attention => ({
  code: 'storage-space',
  about: 'big',
  message: `The storage big has ${percent} % of its space left`,
});

/** A watch, and what it tells at a look that finds this: by its record, or from memory. */
function watchOf() {
  const events = new EventStream();
  const told: string[] = [];
  let attention: readonly Attention[] = [];
  let isRecorded = true;
  const ids = new Set<string>();
  events.listen((event) => {
    if (event.event !== 'trouble.began' && event.event !== 'trouble.ended') return;
    ids.add(event.id);
    told.push(`${event.event} ${event.code} ${event.about ?? '-'}: ${event.reason}`);
  });
  const watch = new TroubleWatch({
    attention: async () => attention,
    recorded: async () => isRecorded,
    tellNow: async ({ event, id }) => {
      assert.ok(ids.has(String(id)), 'the id of its record');
      told.push(`${event} from memory`);
    },
    publish: events.publish,
  });
  return {
    break: () => {
      isRecorded = false;
    },
    find: async (...found: readonly Attention[]): Promise<readonly string[]> => {
      told.length = 0;
      attention = found;
      await watch.look();
      return [...told];
    },
  };
}

test('trouble is told once it lasts, not at each look, and told to have ended once it stays away', async () => {
  const { find } = watchOf();
  const began = 'trouble.began storage-space big: The storage big has 3 % of its space left';
  for (const [found, expected] of [
    [[], []],
    [[low(4)], []],
    [[low(3)], [began]],
    [[low(2)], []],
    [[low(1), FULL], []],
    [[], []],
    [[low(3)], []],
    [[], []],
    [[], ['trouble.ended storage-space big: The storage big has 3 % of its space left']],
    [[], []],
  ] as const) {
    assert.deepEqual(await find(...found), expected);
  }
});

test('trouble that can not be recorded is told from memory, with the id of its record', async () => {
  const { find, break: breakDisk } = watchOf();
  const audit: Attention = { code: 'audit-not-written', message: 'ENOSPC' };
  breakDisk();
  await find(audit);
  assert.deepEqual(await find(audit), ['trouble.began audit-not-written -: ENOSPC', 'trouble.began from memory']);
  assert.deepEqual(await find(audit), []);
});

test('a server that stops, and a certificate that expires, are no trouble', async () => {
  const { find } = watchOf();
  const found: readonly Attention[] = [
    { code: 'not-ready', about: 'stopping', message: 'The server is stopping' },
    { code: 'certificate-expires', message: 'soon' },
  ];
  await find(...found);
  assert.deepEqual(await find(...found), []);
});
