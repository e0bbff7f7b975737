import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { after, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { limitsWith } from '../../core/index.ts';
import type { DataTls } from '../tls/data-tls.ts';
import type { DataProtection } from './data-endpoint.ts';
import { DataPorts } from './data-ports.ts';

const host = '127.0.0.1';
const limits = limitsWith({ earlyHandshakeMs: 5 });

/** What came first: a handshake before the transfer was known, or one of the transfer. */
function tlsThatTells(): { readonly tls: DataTls; readonly first: Promise<'early' | 'with its transfer'> } {
  const { promise, resolve } = Promise.withResolvers<'early' | 'with its transfer'>();
  const tls: DataTls = {
    async secureData(_tcp, rules) {
      resolve(rules.isDue ? 'early' : 'with its transfer');
      throw new Error('No handshake here');
    },
  };
  return { tls, first: promise };
}

test('a busy process does not begin a handshake early where the command has come in time', async () => {
  const { tls, first } = tlsThatTells();
  const signal = new AbortController().signal;
  const rules = { tls, sessionReuse: 'off', limits, signal, direction: 'download' } as const;
  const accepted = Promise.withResolvers<void>();
  const protection = (): DataProtection => {
    accepted.resolve();
    return rules;
  };
  const ports = new DataPorts({ maxOpen: 1 });
  await using endpoint = await ports.listen(host, host, limits, { protection });
  // The control connection.
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  const [[control], client] = await Promise.all([
    once(server, 'connection') as Promise<[Socket]>,
    Promise.resolve(connect({ host, port })),
  ]);
  const data = connect({ host, port: endpoint.address.port });
  data.on('error', () => undefined);
  after(() => {
    for (const socket of [data, client, control]) socket.destroy();
    server.close();
  });
  // A reply in TLS is written in the next turn.
  const transfer = once(control, 'data')
    .then(() => turn())
    .then(() => assert.rejects(endpoint.open(rules)));
  data.write('a hello');
  await accepted.promise;
  client.write('RETR file');
  for (const until = performance.now() + 20; performance.now() < until; );
  assert.equal(await first, 'with its transfer');
  await transfer;
});
