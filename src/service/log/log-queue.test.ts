import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogQueue, type LostLines, MAX_WAITING_BYTES } from './log-queue.ts';

/** A destination that does with each write what the test tells it to. */
class Destination {
  text = '';
  /** Of the next writes; without one, all is taken. */
  readonly answers: (number | Error | Promise<number>)[] = [];
  readonly writeSome = async (bytes: Uint8Array): Promise<number> => {
    const answer = this.answers.shift() ?? bytes.length;
    if (answer instanceof Error) throw answer;
    const written = await answer;
    this.text += Buffer.from(bytes).toString().slice(0, written);
    return written;
  };
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Long enough for whatever the queue does by itself. */
const LONG_MS = 60_000;

test('lines come whole and in order, also over writes that take a part, or fail for a while', async () => {
  const destination = new Destination();
  destination.answers.push(3, failure('ENOSPC'), failure('EIO'), failure('EPIPE'), 1, failure('EAGAIN'));
  const queue = new LogQueue(destination.writeSome);
  const lines = Array.from({ length: 1000 }, (_, index) => `line ${index}\n`);
  for (const line of lines) queue.write(line);
  await queue.end(LONG_MS);
  assert.equal(destination.text, lines.join(''));
});

test('what a destination does not take is bounded; lines beyond are counted, and told when it takes lines again', async () => {
  const destination = new Destination();
  const { promise: stopped, resolve: goOn } = Promise.withResolvers<number>();
  destination.answers.push(stopped);
  const queue = new LogQueue(destination.writeSome);
  const lost: LostLines[] = [];
  queue.onRecovery((what) => {
    lost.push(what);
    queue.write('some are missing\n');
  });
  const line = `${'x'.repeat(1023)}\n`;
  for (let count = 0; count < (2 * MAX_WAITING_BYTES) / 1024; count += 1) queue.write(line);
  assert.equal(destination.text, '');
  goOn(line.length);
  await queue.end(LONG_MS);
  const kept = destination.text.split('\n').filter((each) => each !== '');
  assert.equal(kept.filter((each) => each === 'some are missing').length, 1);
  assert.equal(kept.length - 1, MAX_WAITING_BYTES / 1024);
  assert.deepEqual(lost, [{ lines: MAX_WAITING_BYTES / 1024, code: undefined }]);
});

test('lines that were lost to a full disk are told with its code', async () => {
  const destination = new Destination();
  destination.answers.push(failure('ENOSPC'));
  const queue = new LogQueue(destination.writeSome);
  const lost: LostLines[] = [];
  queue.onRecovery((what) => lost.push(what));
  queue.write('first\n');
  queue.write('x\n'.repeat(MAX_WAITING_BYTES));
  await queue.end(LONG_MS);
  assert.equal(destination.text, 'first\n');
  assert.deepEqual(lost, [{ lines: MAX_WAITING_BYTES, code: 'ENOSPC' }]);
});

test('the end does not wait for a destination that never answers, nor for one that always fails', async () => {
  const never = new LogQueue(() => new Promise(() => undefined));
  never.write('line\n');
  await never.end(1);
  const failing = new LogQueue(() => Promise.reject(failure('ENOSPC')));
  failing.write('line\n');
  await failing.end(1);
});
