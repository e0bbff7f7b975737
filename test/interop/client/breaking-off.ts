import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { digestOf } from '../sample-files.ts';
import type { Setting } from './cells.ts';
import { failureOf, LARGE, type Scenarios, sha256 } from './scenario.ts';

/** What is broken off leaves the client as it was: the same control connection carries what comes next. */
export const breakingOff: Scenarios = {
  async 'a download that is aborted in the middle leaves the connection to the next'(setting) {
    const { client, remote, log } = setting;
    await writeFile(remote('large'), LARGE);
    const connections = connectionsIn(log);
    const stop = new AbortController();
    let bytes = 0;
    const sink = new WritableStream<Uint8Array>({
      write(chunk) {
        bytes += chunk.length;
        if (bytes > 500_000) stop.abort();
      },
    });
    await failureOf(client.download('large', sink, { signal: stop.signal }), 'aborted');
    assert.ok(bytes < LARGE.length);
    assert.equal(sha256(await client.readBuffer('large')), sha256(LARGE));
    assert.equal(connectionsIn(log), connections);
  },

  async 'a stream that is destroyed in the middle leaves the connection to the next'({ client, remote, log }) {
    await writeFile(remote('large'), LARGE);
    const connections = connectionsIn(log);
    for await (const chunk of await client.read('large')) {
      assert.ok(chunk.length < LARGE.length);
      break;
    }
    assert.equal(sha256(await client.readBuffer('large')), sha256(LARGE));
    assert.equal(connectionsIn(log), connections);
  },

  async 'an upload that is aborted in the middle leaves the connection to the next'({ client, remote, log }) {
    const connections = connectionsIn(log);
    const stop = new AbortController();
    async function* source(): AsyncGenerator<Buffer> {
      yield LARGE.subarray(0, 1_000_000);
      stop.abort();
      yield LARGE.subarray(1_000_000);
    }
    await failureOf(client.upload(source(), 'aborted', { signal: stop.signal }), 'aborted');
    await client.upload(LARGE, 'after the abort');
    assert.equal(await digestOf(remote('after the abort')), sha256(LARGE));
    assert.equal(connectionsIn(log), connections);
  },

  async 'a source that fails in the middle is told of, and leaves the connection to the next'({ client, remote, log }) {
    const connections = connectionsIn(log);
    async function* source(): AsyncGenerator<Buffer> {
      yield LARGE.subarray(0, 1_000_000);
      throw new Error('The disk is gone');
    }
    const error = await failureOf(client.upload(source(), 'failed'), 'local');
    assert.match(String(error.cause), /The disk is gone/);
    await client.upload(LARGE, 'after the failure');
    assert.equal(await digestOf(remote('after the failure')), sha256(LARGE));
    assert.equal(connectionsIn(log), connections);
  },

  async 'a listing that is left early leaves the connection to the next'({ client, remote, log, server }) {
    await writeFile(remote('one'), '');
    await writeFile(remote('two'), '');
    await server.handOver();
    const connections = connectionsIn(log);
    for await (const { name } of client.list()) {
      assert.ok(name.length > 0);
      break;
    }
    assert.equal(await client.exists('one'), 'file');
    assert.equal(connectionsIn(log), connections);
  },
};

function connectionsIn(log: Setting['log']): number {
  return log.filter(({ event }) => event === 'connected').length;
}
