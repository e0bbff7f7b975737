/** Servers for the tests of the client's side. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { testAuthority, testCertificate } from '../../testing/certificates.ts';
import { ClientTls, type ClientTlsLimits, type ClientTlsSettings } from '../tls/client-tls.ts';
import { ClientChannel, type ClientChannelLimits, type ClientChannelOptions } from './client-channel.ts';

export const host = '127.0.0.1';
export const versions = ['TLSv1.2', 'TLSv1.3'] as const;
export const authority = await testAuthority();
/** For `localhost`, by the authority. */
export const certificate = await testCertificate(['localhost'], { ca: authority });
export const never = new AbortController().signal;
export const wait = { timeoutMs: 5000 };

export function limitsOf(given: Partial<ClientChannelLimits & ClientTlsLimits> = {}) {
  return { ...limitsWith(), connectMs: 5000, maxQueuedReplyLines: 4, ...given };
}

/** What a client of `localhost` has to know to trust it. */
export function clientTls(settings: Partial<ClientTlsSettings> = {}, given: Partial<ClientTlsLimits> = {}): ClientTls {
  return new ClientTls({ host: 'localhost', authorities: [authority.certificate], ...settings }, limitsOf(given));
}

/** A server of which `onSocket` does the talking; gives its port. */
export async function startServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
    onSocket(socket);
  });
  server.listen(0, host);
  await once(server, 'listening');
  after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** A channel to a server, and the server's end of it. */
export async function connected(
  options: Partial<ClientChannelOptions> = {},
): Promise<{ channel: ClientChannel; server: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const port = await startServer(accepted.resolve);
  const channel = await ClientChannel.connect({ host, port, limits: limitsOf(), ...options });
  after(() => channel[Symbol.asyncDispose]());
  return { channel, server: await accepted.promise };
}

/** The next `count` lines. */
export async function lines(channel: ClientChannel, count: number): Promise<readonly string[]> {
  const taken: string[] = [];
  while (taken.length < count) taken.push((await channel.nextLine(wait)).toString());
  return taken;
}
