import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import type { ServerEvent } from '../core/index.ts';
import { EventStream } from './event-stream.ts';

let events: EventStream;
let heard: ServerEvent[];
const hear = (event: ServerEvent): void => void heard.push(event);

beforeEach(() => {
  events = new EventStream();
  heard = [];
});

test('each event has its time and a number that grows by one, so that a lost one leaves a gap', () => {
  events.listen(hear);
  const before = Date.now();
  events.publish({ event: 'notice', message: 'one' });
  events.publish({ event: 'notice', message: 'two' });
  assert.deepEqual(
    heard.map(({ seq }) => seq),
    [1, 2],
  );
  for (const { at } of heard) assert.ok(at >= before && at <= Date.now());
});

test('a listener hears of what it has asked for alone, and of nothing once it is disposed', () => {
  const listening = events.listen(hear, ['stopped']);
  events.publish({ event: 'notice', message: 'not for it' });
  events.publish({ event: 'stopped' });
  listening[Symbol.dispose]();
  events.publish({ event: 'stopped' });
  assert.deepEqual(
    heard.map(({ event }) => event),
    ['stopped'],
  );
});

test('an event that nobody has asked for has its number all the same', () => {
  events.listen(hear, ['stopped']);
  events.publish({ event: 'notice', message: 'nobody wants it' });
  events.publish({ event: 'stopped' });
  assert.deepEqual(
    heard.map(({ event, seq }) => [event, seq]),
    [['stopped', 2]],
  );
});

test('what is wanted is what any listener has asked for', () => {
  assert.deepEqual(events.wanted, []);
  events.listen(hear, ['stopped', 'notice']);
  events.listen(hear, ['notice', 'warning']);
  assert.deepEqual(events.wanted, ['stopped', 'notice', 'warning']);
  events.listen(hear);
  assert.equal(events.wanted, undefined);
});

test('a listener that fails hears of no more; the others hear of everything, and of the failure', () => {
  let calls = 0;
  events.listen(() => {
    calls += 1;
    throw new Error('disk full');
  });
  events.listen(hear);
  events.publish({ event: 'stopped' });
  events.publish({ event: 'stopped' });
  assert.equal(calls, 1);
  assert.deepEqual(heard.map(({ event }) => event).sort(), ['stopped', 'stopped', 'warning']);
});

test('an event of another process keeps its own time, number and worker', () => {
  events.listen(hear);
  const event: ServerEvent = { event: 'stopped', worker: 2, at: 5, seq: 77 };
  events.deliver(event);
  assert.deepEqual(heard, [event]);
});
