import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { tcpPair } from '../tcp-pair.ts';
import { keepKeyObjects } from './key-objects.ts';
import { loadSsh2, parseKey, type Ssh2Client } from './ssh2-module.ts';

for (const [cipher, places] of [
  [
    'aes256-gcm@openssh.com',
    [
      ['_cipher', '_encKey'],
      ['_decipher', '_decipherKey'],
    ],
  ],
  [
    'aes128-ctr',
    [
      ['_cipher', '_macKey'],
      ['_decipher', '_macKey'],
    ],
  ],
] as const) {
  test(`both sides go on with the keys of ${cipher} as objects`, async () => {
    const module = await loadSsh2();
    const [near, far] = await tcpPair();
    const key = parseKey(module, module.utils.generateKeyPairSync('ecdsa', { bits: 256 }).private);
    const algorithms = { cipher: [cipher] };
    const client = new module.Client();
    let served: Ssh2Client | undefined;
    const server = new module.Server({ hostKeys: [{ key }], algorithms, ident: 'test' }, (accepted) => {
      served = accepted;
      accepted.on('handshake', () => keepKeyObjects(accepted));
      accepted.on('authentication', (attempt) => attempt.accept());
      accepted.on('error', () => undefined);
    });
    server.injectSocket(far);
    client.on('handshake', () => keepKeyObjects(client));
    client.connect({
      sock: near,
      username: 'alice',
      ident: 'test',
      algorithms,
      readyTimeout: 0,
      hostVerifier: (_, verify) => verify(true),
      authHandler: (_methods, _isPartial, next) => next({ type: 'none', username: 'alice' }),
    });
    await once(client, 'ready');
    for (const side of [client, served]) {
      // Where ssh2 has them elsewhere, SFTP is slower, and nothing else tells.
      for (const [holder, name] of places) assert.equal(Object(side?._protocol?.[holder]?.[name]).type, 'secret');
    }
    client.end();
    near.destroy();
    far.destroy();
  });
}
