import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { test } from 'node:test';
import { makeKeyPair, startTestSftp } from '../../testing/running-sftp.ts';
import { loadSsh2 } from '../../transport/index.ts';
import { connect } from '../client.ts';
import { failure } from '../client-fixture.test.ts';
import type { HostKey } from './known-hosts.ts';
import { aliceBySftp } from './sftp-fixture.test.ts';

/** SSH_MSG_KEX_ECDH_REPLY (RFC 5656 section 7.1): host key, the server's point, signature. */
const KEX_REPLY = 31;

/** Somebody in between, who shows the server's host key and can't sign by it. */
async function startForger(port: number) {
  const sockets = new Set<Socket>();
  const tcp = createServer((client) => {
    const server = dial({ host: '127.0.0.1', port });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.pipe(server);
    let seen = Buffer.alloc(0);
    let passed = 0;
    server.on('data', (chunk) => {
      seen = Buffer.concat([seen, chunk]);
      const whole = forgedUpTo(seen);
      client.write(seen.subarray(passed, whole));
      passed = whole;
    });
    server.on('end', () => client.end());
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    port: (tcp.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

/** Changes the last byte of the signature, where it is there. Gives where the last whole packet ends, or all behind that one. */
function forgedUpTo(bytes: Buffer): number {
  let at = bytes.indexOf('\n') + 1;
  while (at > 0 && at + 6 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return at;
    if (bytes.readUInt8(at + 5) === KEX_REPLY) {
      const last = end - bytes.readUInt8(at + 4) - 1;
      bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
      return bytes.length;
    }
    at = end;
  }
  return at;
}

test('nobody is asked about a host key that the server has not proved to be its own', async () => {
  await using server = await startTestSftp();
  await using forger = await startForger(server.port);
  const asked: string[] = [];
  const remember = async (_host: string, _port: number, { fingerprint }: HostKey): Promise<boolean> =>
    asked.push(fingerprint) > 0;
  const ssh = { knownHosts: { find: async () => [], remember } };
  await failure('tls-failed', connect(aliceBySftp(forger, { ssh, retry: { attempts: 1 } })));
  assert.equal(asked.length, 0);
  await using client = await connect(aliceBySftp(server, { ssh }));
  assert.deepEqual(asked, [client.server.ssh?.fingerprint]);
});

/** What ssh2 sends for its server, as far as a hostile one does without ssh2's order. */
interface OutOfOrder {
  serviceAccept(service: string): void;
  authSuccess(): void;
  /** Without something in it, ssh2 sends no success. */
  readonly _authsQueue: string[];
  /** What is done at each message of the client. */
  readonly _handlers: { SERVICE_REQUEST: () => void };
}

/** A server that proves its own key, and then says what it should say later, or not so often. */
async function startHasty(say: (protocol: OutOfOrder) => void) {
  const module = await loadSsh2();
  const { privateKey } = await makeKeyPair();
  const server = new module.Server({ hostKeys: [privateKey] } as never, (connection) => {
    connection.on('error', () => undefined);
    connection.on('handshake', () => say((connection as unknown as { _protocol: OutOfOrder })._protocol));
  });
  const tcp = createServer((socket) => server.injectSocket(socket));
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    port: (tcp.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

for (const [what, say] of [
  [
    'lets everybody in without having asked for anything',
    (protocol) => {
      protocol._handlers.SERVICE_REQUEST = () => undefined;
      protocol._authsQueue.push('none');
      protocol.authSuccess();
    },
  ],
  [
    'begins the login again and again',
    (protocol) => {
      for (let time = 1; time <= 100; time += 1) protocol.serviceAccept('ssh-userauth');
    },
  ],
] as const satisfies readonly (readonly [string, (protocol: OutOfOrder) => void])[]) {
  test(`a server that is not known and ${what} is asked about once, and not trusted before`, async () => {
    await using server = await startHasty(say);
    let asked = 0;
    const remember = async (): Promise<boolean> => {
      asked += 1;
      // Whatever else the server has said is here by then.
      for (let turn = 1; turn <= 100; turn += 1) await new Promise(setImmediate);
      return false;
    };
    const ssh = { knownHosts: { find: async () => [], remember } };
    await failure('untrusted', connect(aliceBySftp(server, { ssh, retry: { attempts: 1 } })));
    assert.equal(asked, 1);
  });
}
