import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Client, type ConnectOptions, connect } from '../../../src/client/index.ts';
import { digestOf } from '../sample-files.ts';
import type { Setting } from './cells.ts';
import { failureOf, LARGE, type Scenarios, sha256 } from './scenario.ts';

/** Slow enough that progress is told of in the middle. */
const maxBytesPerSecond = 20_000_000;

export const resuming: Scenarios = {
  async 'a download goes on at a byte, and ends before one'({ client, remote }) {
    await writeFile(remote('large'), LARGE);
    const sink = new PassThrough();
    const [bytes] = await Promise.all([buffer(sink), client.download('large', sink, { offset: 4_321_000 })]);
    assert.equal(sha256(bytes), sha256(LARGE.subarray(4_321_000)));
    const range = await client.readBuffer('large', { start: 1_000_000, end: 1_070_000 });
    assert.equal(sha256(range), sha256(LARGE.subarray(1_000_000, 1_070_000)));
    assert.equal((await client.readBuffer('large', { start: LARGE.length })).length, 0);
  },

  async 'a download into a file that was broken off goes on where it stood'({ client, local, remote }) {
    await writeFile(remote('large'), LARGE);
    const stop = new AbortController();
    const broken = client.download('large', local('resumed'), {
      resume: true,
      maxBytesPerSecond,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await failureOf(broken, 'aborted');
    const { offset, bytes } = await client.download('large', local('resumed'), { resume: true });
    assert.ok(offset > 0 && offset < LARGE.length, `it went on at byte ${offset}`);
    assert.equal(offset + bytes, LARGE.length);
    assert.equal(await digestOf(local('resumed')), sha256(LARGE));
  },

  async 'an upload that was broken off goes on where it stood'({ client, local, remote }) {
    await writeFile(local('large'), LARGE);
    const stop = new AbortController();
    const broken = client.upload(local('large'), 'continued', {
      // Far slower than the end could come before a busy machine has told of the first part.
      maxBytesPerSecond: 1_000_000,
      signal: stop.signal,
      onProgress: ({ bytes }) => {
        if (bytes > 500_000) stop.abort();
      },
    });
    await failureOf(broken, 'aborted');
    const { offset, bytes } = await client.upload(local('large'), 'continued', { resume: true });
    assert.ok(offset > 0 && offset < LARGE.length, `it went on at byte ${offset}`);
    assert.equal(offset + bytes, LARGE.length);
    assert.equal(await digestOf(remote('continued')), sha256(LARGE));
  },

  async 'bytes are added to a file'({ client, remote }) {
    await client.upload(Buffer.from('one '), 'added');
    await client.append(Buffer.from('two'), 'added');
    assert.equal(await readFile(remote('added'), 'utf8'), 'one two');
  },

  async 'a download whose data connection is cut goes on by itself'(setting) {
    await writeFile(setting.remote('large'), LARGE);
    await withCut(setting, async (client, cut) => {
      const result = await client.download('large', setting.local('cut'), { maxBytesPerSecond, onProgress: cut });
      assert.equal(result.retries, 1);
      assert.equal(await digestOf(setting.local('cut')), sha256(LARGE));
    });
  },

  async 'an upload whose data connection is cut goes on by itself'(setting) {
    await withCut(setting, async (client, cut) => {
      const result = await client.upload(LARGE, 'cut', { maxBytesPerSecond, onProgress: cut });
      // ProFTPD has forgotten the TLS session then, and wants a new control connection.
      assert.ok(result.retries === 1 || result.retries === 2);
      assert.equal(await digestOf(setting.remote('cut')), sha256(LARGE));
    });
  },
};

/** A client that tries again, and what cuts its youngest connection, once. */
async function withCut({ options }: Setting, work: (client: Client, cut: () => void) => Promise<void>): Promise<void> {
  let youngest: Socket | undefined;
  let isCut = false;
  const dial: ConnectOptions['dial'] = async (target, signal) => {
    youngest = connectTcp(target);
    await once(youngest, 'connect', { signal });
    return youngest;
  };
  await using client = await connect({ ...options, dial, retry: { attempts: 3, delayMs: 1 } });
  await work(client, () => {
    if (!isCut) youngest?.destroy();
    isCut = true;
  });
}
