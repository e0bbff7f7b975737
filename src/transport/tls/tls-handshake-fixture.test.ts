/** A handshake with a client, for the tests of TLS. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after } from 'node:test';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type Direction, limitsWith, type TlsFacts } from '../../core/index.ts';
import { testAuthority, testCertificate } from '../../testing/certificates.ts';
import { tcpPair } from '../tcp-pair.ts';
import type { ConnectionTls } from './connection-tls.ts';
import type { DataTlsRules } from './data-tls.ts';
import { createTlsIdentity } from './tls-identity.ts';
import type { TlsSettings } from './tls-settings.ts';

export const a = await testCertificate(['a.example']);
const b = await testCertificate(['b.example']);
export const authority = await testAuthority();
export const never = new AbortController().signal;
export const versions = ['TLSv1.2', 'TLSv1.3'] as const;

export function identity(settings: Partial<TlsSettings> = {}) {
  return createTlsIdentity({ certificates: [a, b], ...settings }, limitsWith({ tlsHandshakeMs: 5000 }));
}

interface Outcome {
  readonly facts: TlsFacts;
  readonly client: TLSSocket;
  /** The tickets that the client got. */
  readonly tickets: readonly Buffer[];
  readonly shown: string;
}

/** A handshake with a client of Node's, and a byte each way, behind which every ticket has come. */
export async function handshake(
  tls: ConnectionTls,
  purpose: 'control' | Direction,
  options: ConnectionOptions = {},
  rules: Partial<DataTlsRules> = {},
): Promise<Outcome> {
  const [accepted, connected] = await tcpPair();
  after(() => {
    accepted.destroy();
    connected.destroy();
  });
  accepted.on('error', () => undefined);
  const client = connect({ rejectUnauthorized: false, servername: 'a.example', ...options, socket: connected });
  const tickets: Buffer[] = [];
  client.on('session', (ticket) => tickets.push(ticket)).on('error', () => undefined);
  const { stream, facts } =
    purpose === 'control'
      ? await tls.secureControl(accepted)
      : await tls.secureData(accepted, { direction: purpose, sessionReuse: 'off', ...rules }, never);
  client.write('x');
  await once(stream, 'data');
  stream.write('y');
  await once(client, 'data');
  return { facts, client, tickets, shown: client.getPeerX509Certificate()?.subject ?? '' };
}

export async function session(tls: ConnectionTls, options: ConnectionOptions = {}): Promise<Buffer> {
  const { tickets } = await handshake(tls, 'control', options);
  return tickets.at(-1) ?? assert.fail('no ticket came');
}
