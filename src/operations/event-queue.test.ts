import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerEvent } from '../core/index.ts';
import { EventQueue } from './event-queue.ts';

const eventOf = (seq: number): ServerEvent => ({ event: 'stopped', at: 0, seq });
const numbers = (events: readonly ServerEvent[]): number[] => events.map(({ seq }) => seq);

/** A destination that takes a batch when the test lets it. */
class Destination {
  readonly batches: { readonly seqs: readonly number[]; readonly lost: number }[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];

  readonly send = (events: readonly ServerEvent[], lost: number): Promise<void> => {
    this.batches.push({ seqs: numbers(events), lost });
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    return waiting.promise;
  };

  async take(): Promise<void> {
    this.#waiting.shift()?.resolve();
    await new Promise(setImmediate);
  }

  async refuse(): Promise<void> {
    this.#waiting.shift()?.reject(new Error('gone'));
    await new Promise(setImmediate);
  }
}

test('events wait while one batch is on its way, and follow together in their order', async () => {
  const destination = new Destination();
  const queue = new EventQueue(100, destination.send);
  for (let seq = 1; seq <= 5; seq += 1) queue.add(eventOf(seq));
  await destination.take();
  await destination.take();
  assert.deepEqual(destination.batches, [
    { seqs: [1], lost: 0 },
    { seqs: [2, 3, 4, 5], lost: 0 },
  ]);
});

test('what finds no room is dropped and counted, and told with the next batch', async () => {
  const destination = new Destination();
  const queue = new EventQueue(2, destination.send);
  for (let seq = 1; seq <= 6; seq += 1) queue.add(eventOf(seq));
  await destination.take();
  assert.deepEqual(destination.batches[1], { seqs: [2, 3], lost: 3 });
  await destination.take();
  queue.add(eventOf(7));
  assert.deepEqual(destination.batches[2], { seqs: [7], lost: 0 });
});

test('a batch that can not be sent counts as lost, and what follows goes on', async () => {
  const destination = new Destination();
  const queue = new EventQueue(10, destination.send);
  queue.add(eventOf(1));
  queue.add(eventOf(2));
  await destination.refuse();
  assert.deepEqual(destination.batches[1], { seqs: [2], lost: 1 });
});

test('a send that fails at once loses its batch alone, and what comes later is sent', async () => {
  const sent: (readonly number[])[] = [];
  const queue = new EventQueue(10, async (events) => void sent.push(numbers(events)));
  const failing = new EventQueue(10, (events, lost) => {
    if (lost === 0) throw new Error('can not be written down');
    for (const event of events) queue.add(event);
    return Promise.resolve();
  });
  failing.add(eventOf(1));
  await failing.end(60_000);
  failing.add(eventOf(2));
  await failing.end(60_000);
  await queue.end(60_000);
  assert.deepEqual(sent, [[2]]);
});

test('its end waits for what is on its way, but not for ever', async () => {
  const destination = new Destination();
  const queue = new EventQueue(10, destination.send);
  queue.add(eventOf(1));
  await queue.end(1);
  const ended = queue.end(60_000);
  await destination.take();
  await ended;
});
