import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { type ConnectionOptions, connect } from 'node:tls';
import * as fc from 'fast-check';
import { tcpPair } from '../tcp-pair.ts';
import { MAX_HELLO_BYTES, readClientHello } from './client-hello.ts';

/** What a client of OpenSSL sends first. */
async function helloOf(options: ConnectionOptions): Promise<Buffer> {
  const [accepted, connected] = await tcpPair();
  const client = connect({ socket: connected, rejectUnauthorized: false, ...options }).on('error', () => undefined);
  const [bytes] = (await once(accepted, 'data')) as [Buffer];
  for (const socket of [client, accepted, connected]) socket.destroy();
  return bytes;
}

test('the offer of a client is read as it was made', async () => {
  const hello = await helloOf({
    servername: 'FTP.example.org',
    ALPNProtocols: ['ftp', 'x'],
    ciphers: 'ECDHE-RSA-AES128-GCM-SHA256:TLS_AES_256_GCM_SHA384',
    ecdhCurve: 'X25519:P-256',
  });
  const { ciphers = [], ...rest } = readClientHello(hello) ?? {};
  assert.deepEqual(rest, {
    versions: ['TLSv1.3', 'TLSv1.2'],
    groups: ['X25519', 'P-256'],
    serverName: 'ftp.example.org',
    alpn: ['ftp', 'x'],
  });
  assert.deepEqual(ciphers.slice(0, 2), ['TLS_AES_256_GCM_SHA384', 'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256']);
});

test('an old client is known by the version in front', async () => {
  const hello = await helloOf({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' });
  assert.deepEqual(readClientHello(hello)?.versions, ['TLSv1.1']);
});

test('a hello that is cut anywhere is told as far as it goes, and what is none is none', async () => {
  const hello = await helloOf({ servername: 'a.example' });
  const whole = readClientHello(hello);
  for (let length = 0; length < hello.length; length += 1) {
    const part = readClientHello(hello.subarray(0, length));
    for (const cipher of part?.ciphers ?? []) assert.ok(whole?.ciphers.includes(cipher));
  }
  for (const text of ['', '\x16', 'USER anna\r\n', 'GET / HTTP/1.1\r\n\r\n', '\x16\x03\x01\x00\x05\x02aaaa']) {
    assert.equal(readClientHello(Buffer.from(text, 'latin1')), undefined);
  }
});

test('no bytes make the reader throw, nor tell more than its bounds', async () => {
  const hello = await helloOf({ servername: 'a.example', ALPNProtocols: ['ftp'] });
  const changed = fc
    .array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { maxLength: 12 })
    .map((changes) => changes.reduce((bytes, [at, value]) => ((bytes[at] = value), bytes), Buffer.from(hello)));
  const random = fc
    .uint8Array({ maxLength: 2000 })
    .map((bytes) => Buffer.concat([Buffer.from('\x16\x03\x01\x3f\xff\x01', 'latin1'), bytes]));
  fc.assert(
    fc.property(fc.oneof(changed, random), (bytes) => {
      const read = readClientHello(bytes);
      if (!read) return;
      assert.ok(read.versions.length <= 8 && read.ciphers.length <= 80 && read.groups.length <= 24);
      assert.ok((read.alpn ?? []).every((protocol) => /^[\x21-\x7e]{1,32}$/.test(protocol)));
      assert.ok(read.serverName === undefined || /^[\x21-\x7e]{1,255}$/.test(read.serverName));
    }),
    { numRuns: 3000 },
  );
  const long = Buffer.alloc(3 * MAX_HELLO_BYTES, 0xff);
  long.set([22, 3, 1, 0xff, 0xff, 1]);
  assert.ok((readClientHello(long)?.ciphers.length ?? 0) <= 80);
});
