import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsOfOneDevice, createDevice } from './device.ts';

const byThreads = async () => 'threads';

/** A device whose answers take what the test says, by a clock that the test holds. */
function deviceUnderTest(isLocal = true) {
  let now = 1_000_000;
  const device = createDevice(isLocal, { now: () => now });
  const takes = (ms: number) => () => {
    now += ms;
    return 'here';
  };
  const pass = (ms: number): void => void (now += ms);
  return {
    device,
    pass,
    ask: (ms = 0) => device.attributes.ask(takes(ms), byThreads),
    read: (ms = 0) => device.portions.ask(takes(ms), byThreads),
  };
}

test('a local device is asked at once, again and again, while it answers quickly', async () => {
  const { ask, read } = deviceUnderTest();
  for (let asked = 0; asked < 3; asked += 1) assert.deepEqual([await ask(2), await read(0.5)], ['here', 'here']);
});

test('a device that is not local is asked by the threads alone', async () => {
  const { device, ask, read } = deviceUnderTest(false);
  assert.deepEqual([await ask(), await read(), device.attributes.isQuick], ['threads', 'threads', false]);
});

test('behind a slow answer the threads are asked, and later it is tried again', async () => {
  const { ask, pass } = deviceUnderTest();
  await ask(3);
  pass(199);
  assert.equal(await ask(), 'threads');
  pass(1);
  assert.equal(await ask(), 'here');
});

test('a device whose every answer is slow is asked at once ever more seldom', async () => {
  const { ask, pass } = deviceUnderTest();
  let here = 0;
  for (let elapsed = 0; elapsed < 600_000; elapsed += 100) {
    if ((await ask(3)) === 'here') here += 1;
    pass(100);
  }
  assert.ok(here < 15, `${here}`);
});

test('a device that hung once is left alone for minutes, portions too', async () => {
  const { device, ask, read, pass } = deviceUnderTest();
  await ask(51);
  pass(299_000);
  assert.deepEqual([await ask(), await read(), device.attributes.isQuick], ['threads', 'threads', false]);
  pass(1000);
  assert.deepEqual([await ask(), await read(), device.attributes.isQuick], ['here', 'here', true]);
  device.attributes.took(51);
  assert.equal(await ask(), 'threads');
});

test('a failure is a rejection', async () => {
  const { device } = deviceUnderTest();
  const refused = device.attributes.ask(() => assert.fail('no such file'), byThreads);
  await assert.rejects(refused, /no such file/);
});

test('calls beyond those that one device may make wait, and all are made, also behind failures', async () => {
  const { device } = deviceUnderTest();
  const limit = callsOfOneDevice(Number(process.env['UV_THREADPOOL_SIZE']) || 4);
  const { promise: release, resolve } = Promise.withResolvers<void>();
  let running = 0;
  let most = 0;
  const calls = Array.from({ length: 10 }, (_, index) =>
    device.threads(async () => {
      running += 1;
      most = Math.max(most, running);
      await release;
      running -= 1;
      if (index % 2 === 0) throw new Error(String(index));
      return index;
    }),
  );
  resolve();
  const outcomes = await Promise.allSettled(calls);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    Array.from({ length: 5 }, () => ['rejected', 'fulfilled']).flat(),
  );
  assert.equal(most, limit);
});

test('one device never holds all threads', () => {
  const sizes = [2, 3, 4, 8, 16, 64, 1024];
  assert.deepEqual(sizes.map(callsOfOneDevice), [1, 2, 2, 2, 4, 16, 256]);
});
