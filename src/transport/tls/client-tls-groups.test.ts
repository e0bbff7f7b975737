import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { createSecureContext, TLSSocket } from 'node:tls';
import { certificate, clientTls, connected, never } from '../control/client-fixture.test.ts';
import { tcpPair } from '../tcp-pair.ts';

/** Bytes of the hello on a data connection, after a handshake with a server that has these groups alone. */
async function dataHelloBytes(ecdhCurve: string): Promise<number> {
  const { channel, server } = await connected();
  const { certificate: cert, key } = certificate;
  const secureContext = createSecureContext({ cert, key, ecdhCurve });
  new TLSSocket(server, { isServer: true, secureContext }).on('error', () => undefined).resume();
  const tls = clientTls();
  await channel.secure(tls);
  const [far, near] = await tcpPair();
  const rules = { direction: 'download', sessionReuse: 'off' } as const;
  const refused = assert.rejects(tls.secureData(near, rules, never));
  const [hello] = (await once(far, 'data')) as [Buffer];
  far.destroy();
  await refused;
  return hello.length;
}

// A key for X25519MLKEM768 alone has 1184 bytes (FIPS 203).
test('the hello of a data connection has a key of the group that the server chose, and of no other', async () => {
  assert.ok((await dataHelloBytes('X25519')) < 700);
  assert.ok((await dataHelloBytes('P-256')) < 700);
});

test('a group that holds against quantum computers is offered again where the server chose it', async () => {
  assert.ok((await dataHelloBytes('X25519MLKEM768')) > 1184);
});
