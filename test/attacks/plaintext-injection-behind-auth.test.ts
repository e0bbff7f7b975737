import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RawClient } from '../../src/testing/raw-client.ts';
import { startTestServer } from '../../src/testing/running-server.ts';

// CVE-2011-1575, CVE-2012-2532: what was pipelined in clear behind AUTH must never be taken for what came in TLS.

for (const injected of ['USER alice\r\n', 'USER alice\r\nPASS wonderland\r\n', 'US', '\r\n', '\0']) {
  const shown = JSON.stringify(injected);
  test(`${shown} in one segment with AUTH TLS ends the connection unanswered`, async () => {
    await using server = await startTestServer();
    await using client = await server.connect();
    await client.expect(220);
    client.write(`AUTH TLS\r\n${injected}`);
    assert.deepEqual(await codesToTheEnd(client), []);
    assert.equal(verbs(server.events).includes('USER'), false);
    assert.equal(
      server.events.some(({ event }) => event === 'session.secured'),
      false,
    );
  });
}

test('The same byte by byte, however the segments fall, is never carried out', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.expect(220);
  for (const byte of 'AUTH TLS\r\nUSER alice\r\n') client.write(byte);
  await codesToTheEnd(client);
  assert.equal(verbs(server.events).includes('USER'), false);
});

test('A command that waits for its end when AUTH comes does not go on in TLS', async () => {
  await using server = await startTestServer();
  await using client = await server.connect();
  await client.expect(220);
  client.write('NOOP\r\nAUTH TLS\r\nPWD');
  await client.expect(200);
  assert.deepEqual(await codesToTheEnd(client), []);
});

/** What is answered, but for the 234: whether that still comes before the end does not matter. */
async function codesToTheEnd(client: RawClient): Promise<number[]> {
  const replies = await client.ended();
  return replies.map(({ code }) => code).filter((code) => code !== 234);
}

function verbs(events: readonly object[]): unknown[] {
  return events.flatMap((event) => ('verb' in event ? [event.verb] : []));
}
