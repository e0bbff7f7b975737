import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { assertNoPassword, connectTo, failureOf } from './attacked-client.ts';

// CVE-2021-22947: what somebody on the way puts behind the 234, in clear, must never be read as if it came in TLS.

const injected = '230 Signed in\r\n200 Set\r\n257 "/"\r\n';

const ATTACKS: readonly (readonly [title: string, step: Step])[] = [
  ['in the same segment', (session) => session.send(`234 Begin\r\n${injected}`)],
  [
    'in a segment of its own',
    async (session) => {
      await session.sendInPieces(`234 Begin\r\n${injected}`, 11);
    },
  ],
  [
    'in the same segment, with a handshake that follows',
    async (session) => {
      session.send(`234 Begin\r\n${injected}`);
      await session.startTls();
    },
  ],
  [
    'as half a line',
    async (session) => {
      session.send('234 Begin\r\n230-');
      await session.startTls();
    },
  ],
  [
    'as a single line end',
    async (session) => {
      session.send('234 Begin\r\n\r\n');
      await session.startTls();
    },
  ],
  ['before AUTH was sent', (session) => session.byDefault('AUTH')],
];

for (const [title, step] of ATTACKS) {
  test(`Replies injected ${title} end the connection before anything is said in it`, async () => {
    const greeting: Step = (session) => session.send(`220 Ready\r\n${injected}`);
    await using server = await startHostileServer({
      on: title.startsWith('before AUTH') ? { GREETING: greeting } : { AUTH: step },
    });
    const { code, phase } = await failureOf(connectTo(server));
    assert.ok(['protocol', 'tls-failed', 'tls-refused', 'connection-lost'].includes(code), code);
    assert.ok(phase === 'tls' || phase === 'connect', phase);
    assertNoPassword(server);
  });
}
