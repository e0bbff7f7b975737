import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { test } from 'node:test';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { HandshakeFailure } from '../src/core/index.ts';
import { startTestServer } from '../src/testing/running-server.ts';

test('a handshake that fails is told with a code of its own, whatever the client sends', async () => {
  await using server = await startTestServer({ limits: { tlsHandshakeMs: 200 } });
  const attempts: readonly (readonly [HandshakeFailure, () => Promise<unknown>])[] = [
    ['not-tls', () => sendInClear('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    ['no-common-version', () => shake({ maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' })],
    ['no-common-cipher', () => shake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA:@SECLEVEL=0' })],
    ['timeout', () => sendInClear('')],
    ['peer-closed', () => connectAndEnd()],
  ];
  for (const [index, [code, attempt]] of attempts.entries()) {
    await attempt();
    const failed = await server.event(
      (event) => event.event === 'handshake.failed' && failures(event).length === index + 1,
    );
    assert.equal(failed.event === 'handshake.failed' && failures(failed).at(-1), code);
  }

  function failures(last: unknown): readonly string[] {
    const upTo = server.events.findIndex((event) => event === last);
    return server.events
      .slice(0, upTo + 1)
      .flatMap((event) => (event.event === 'handshake.failed' ? [event.code] : []));
  }

  async function shake(options: ConnectionOptions): Promise<void> {
    const socket = connectTls({ host: '127.0.0.1', port: server.implicitPort, rejectUnauthorized: false, ...options });
    await once(socket, 'error');
  }

  async function sendInClear(text: string): Promise<void> {
    const socket = connectTcp({ host: '127.0.0.1', port: server.implicitPort }).on('error', () => undefined);
    if (text !== '') socket.write(text);
    await once(socket.resume(), 'close');
  }

  async function connectAndEnd(): Promise<void> {
    const socket = connectTcp({ host: '127.0.0.1', port: server.implicitPort });
    await once(socket, 'connect');
    socket.end();
    await once(socket.resume(), 'close');
  }
});

test('connections beyond a limit are refused with a code that names the limit', async () => {
  await using server = await startTestServer({ limits: { maxConnectionsPerAddress: 1 } });
  await using first = await server.connect();
  await first.expect(220);
  await using second = await server.connect();
  await second.expect(421);
  const refused = await server.event(({ event }) => event === 'session.refused');
  assert.equal(refused.event === 'session.refused' && refused.code, 'full-for-address');
});
