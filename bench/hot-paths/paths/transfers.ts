import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { type Direction, limitsWith, ROOT, resolvePath } from '../../../src/core/index.ts';
import { temporaryStorage, testCertificate } from '../../../src/testing/index.ts';
import { createTlsIdentity, type DataConnection, DataPorts } from '../../../src/transport/index.ts';
import type { HotPath } from '../hot-path.ts';
import type { DataPeerOptions } from '../peers/data-peer.ts';
import { type Peer, startPeer } from '../peers/peer.ts';

const units = 16;
const bytes = units * 1024 * 1024;
const path = resolvePath(ROOT, 'file');
const { signal } = new AbortController();

/** Bytes between a local file and TLS. */
export const TRANSFERS: readonly HotPath[] = [
  {
    name: 'RETR: local file to TLS',
    unit: 'MiB',
    units,
    async prepare() {
      await using stack = new AsyncDisposableStack();
      const { storage, root } = stack.use(await temporaryStorage());
      await writeFile(join(root, 'file'), Buffer.alloc(bytes));
      const { connection, peer } = await connectPeer(stack, 'download', 0);
      const owned = stack.move();
      return {
        async run() {
          await Promise.all([connection.send(await storage.read(path), { signal }), peer.go()]);
        },
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  },
  {
    name: 'STOR: TLS to a sink',
    unit: 'MiB',
    units,
    async prepare() {
      await using stack = new AsyncDisposableStack();
      const { connection, peer } = await connectPeer(stack, 'upload', bytes);
      const owned = stack.move();
      return {
        async run() {
          const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
          await Promise.all([connection.receive(sink, { signal }), peer.go()]);
        },
        [Symbol.asyncDispose]: () => owned.disposeAsync(),
      };
    },
  },
  {
    name: 'STOR: into a local file',
    unit: 'MiB',
    units,
    async prepare() {
      const { storage, ...owned } = await temporaryStorage({ durability: 'fast' });
      const record = Buffer.alloc(16_384);
      return {
        async run() {
          const upload = await storage.write(path);
          for (let sent = 0; sent < bytes; sent += record.length) {
            if (!upload.sink.write(record)) await once(upload.sink, 'drain');
          }
          await upload.commit();
        },
        [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
      };
    },
  },
];

async function connectPeer(
  stack: AsyncDisposableStack,
  direction: Direction,
  bytes: number,
): Promise<{ readonly connection: DataConnection; readonly peer: Peer }> {
  const limits = limitsWith();
  const tls = createTlsIdentity({ certificates: [await testCertificate(['localhost'])] }, limits).forConnection();
  const endpoint = await new DataPorts({ maxOpen: 1 }).listen('127.0.0.1', '127.0.0.1', limits);
  const options: DataPeerOptions = { port: endpoint.address.port, bytes };
  const [peer, connection] = await Promise.all([
    startPeer(new URL('../peers/data-peer.ts', import.meta.url), options),
    endpoint.open({ tls, direction, sessionReuse: 'prefer', limits, signal }),
  ]);
  stack.use(peer);
  stack.use(connection);
  return { connection, peer };
}
