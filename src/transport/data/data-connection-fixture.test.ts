/** A data connection and its client, for the tests of data connections. */
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { type Transform, Writable } from 'node:stream';
import { after } from 'node:test';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { type Limits, limitsWith } from '../../core/index.ts';
import { testCertificate } from '../../testing/certificates.ts';
import { tcpPair } from '../tcp-pair.ts';
import type { ConnectionTls } from '../tls/connection-tls.ts';
import { createTlsIdentity } from '../tls/tls-identity.ts';
import type { DataConnection } from './data-connection.ts';
import type { OpenDataOptions } from './data-endpoint.ts';
import { DataPorts } from './data-ports.ts';

const certificate = await testCertificate(['localhost']);
export const identity = createTlsIdentity({ certificates: [certificate] }, limitsWith());
export const ports = new DataPorts({ maxOpen: 100 });
export const never = new AbortController().signal;
export const whole = { signal: never };

/** The ticket that a client gets on a control connection. */
export async function ticketOf(tls: ConnectionTls, options: ConnectionOptions): Promise<Buffer> {
  const [accepted, connected] = await tcpPair();
  const client = connectTls({ rejectUnauthorized: false, servername: 'localhost', ...options, socket: connected });
  const [[ticket]] = await Promise.all([once(client, 'session'), tls.secureControl(accepted)]);
  client.destroy();
  accepted.destroy();
  return ticket as Buffer;
}

interface Open {
  readonly connection: DataConnection;
  readonly client: Socket | TLSSocket;
  /** Below TLS, or the same. */
  readonly tcp: Socket;
}

type Kind = 'clear' | 'TLSv1.2' | 'TLSv1.3';
export const kinds: readonly Kind[] = ['clear', 'TLSv1.2', 'TLSv1.3'];

interface Wanted {
  readonly direction?: OpenDataOptions['direction'];
  readonly limits?: Partial<Limits>;
  readonly client?: ConnectionOptions;
}

/** A data connection with a client of Node's; in TLS it resumes the session of its control connection. */
export async function open(
  kind: Kind,
  { direction = 'upload', limits = {}, client: more = {} }: Wanted = {},
): Promise<Open> {
  const bounds = limitsWith(limits);
  const endpoint = await ports.listen('127.0.0.1', '127.0.0.1', bounds);
  const tls = identity.forConnection();
  const shared = { tls, direction, sessionReuse: 'require', limits: bounds, signal: never } as const;
  const options = { minVersion: kind, maxVersion: kind, ...more } as ConnectionOptions;
  const session = kind === 'clear' ? undefined : await ticketOf(tls, options);
  const tcp = connectTcp({ host: '127.0.0.1', port: endpoint.address.port, noDelay: true, allowHalfOpen: true });
  tcp.on('error', () => undefined);
  const client =
    kind === 'clear'
      ? tcp
      : connectTls({ rejectUnauthorized: false, servername: 'localhost', session, ...options, socket: tcp });
  client.on('error', () => undefined);
  const connection = await endpoint.open({ ...shared, ...(kind === 'clear' && { tls: undefined }) });
  after(async () => {
    client.destroy();
    tcp.destroy();
    await connection[Symbol.asyncDispose]();
  });
  return { connection, client, tcp };
}

/** Keeps what is written to it. */
export class Kept extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}

export function pattern(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
}

export async function closed(socket: Socket | Transform): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** Bytes without end, for what is to be broken off. */
export async function* endless(): AsyncIterable<Uint8Array> {
  const chunk = Buffer.alloc(256 * 1024);
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    yield chunk;
  }
}
