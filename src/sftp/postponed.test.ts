import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Postponed } from './postponed.ts';

const LONG_MS = 600_000;

suite('work that is postponed', () => {
  test('is done when that has ended which it waits for, also where it had before', async () => {
    const postponed = new Postponed(LONG_MS);
    const upload = new AbortController();
    const done: string[] = [];
    const add = (name: string): Promise<void> =>
      new Promise((resolve) => {
        const work = async (): Promise<void> => {
          done.push(name);
          resolve();
        };
        postponed.add(upload.signal, work, () => assert.fail());
      });
    const first = add('first');
    assert.deepEqual([done, postponed.size], [[], 1]);
    upload.abort();
    await first;
    await add('second');
    assert.deepEqual(done, ['first', 'second']);
  });

  test('is done one after the other, in the order in which it came', { timeout: 20_000 }, async () => {
    const postponed = new Postponed(LONG_MS);
    const upload = new AbortController();
    const told: string[] = [];
    const { promise: hold, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: done, resolve: finish } = Promise.withResolvers<void>();
    const first = async (): Promise<void> => {
      begin();
      await hold;
      told.push('first');
      throw new Error('what fails holds nothing up');
    };
    const second = async (): Promise<void> => {
      told.push('second');
      finish();
    };
    postponed.add(upload.signal, first, () => assert.fail());
    postponed.add(upload.signal, second, () => assert.fail());
    upload.abort();
    await begun;
    // So many turns that the second one had its own long since.
    await setTimeout(1);
    goOn();
    await done;
    assert.deepEqual(told, ['first', 'second']);
  });

  test('is given up in place of being done', async () => {
    const postponed = new Postponed(LONG_MS);
    let isGivenUp = false;
    postponed.add(
      new AbortController().signal,
      async () => assert.fail(),
      () => {
        isGivenUp = true;
      },
    );
    await postponed.giveUp();
    assert.deepEqual([isGivenUp, postponed.size], [true, 0]);
  });

  test('leaves nothing with what it waited for in vain, nor with what holds it', async () => {
    const postponed = new Postponed(0);
    const { signal } = new AbortController();
    const wait = (): Promise<void> => new Promise((resolve) => postponed.add(signal, async () => resolve(), resolve));
    const waitOften = async (): Promise<void> => {
      for (let round = 0; round < 10; round += 1) await Promise.all(Array.from({ length: 1000 }, wait));
      await setTimeout(1);
    };
    // What is made once.
    await waitOften();
    const before = heapBytes();
    await waitOften();
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    const each = (heapBytes() - before) / 10_000;
    assert.ok(each < 200, `${each} bytes`);
  });
});

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
