import { once } from 'node:events';
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, createSecureContext, TLSSocket } from 'node:tls';
import type { CheckedCertificate } from './certificate.ts';
import { type EndDetector, nativeDetector, tunnelDetector } from './end-of-stream.ts';

/** What this Node allows does not change while it runs. */
let chosen: Promise<EndDetector> | undefined;

/** The cheap detector where it proves to work on this Node, the other one elsewhere. Asked once in a process. */
export function chooseEndDetector(certificate: CheckedCertificate): Promise<EndDetector> {
  chosen ??= choose(certificate);
  return chosen;
}

async function choose(certificate: CheckedCertificate): Promise<EndDetector> {
  if (await tellsEndings(nativeDetector, certificate)) return nativeDetector;
  process.emitWarning('The internals of this Node changed: the endings of TLS streams are watched in a slower way', {
    code: 'LOCKPORT_TLS_ENDINGS',
  });
  return tunnelDetector;
}

/** Whether a detector tells a clean ending from a cut one, on a pair of sockets of our own. */
export async function tellsEndings(detector: EndDetector, certificate: CheckedCertificate): Promise<boolean> {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const expected of ['clean', 'cut'] as const) {
      if ((await observe(detector, certificate, { maxVersion }, expected)) !== expected) return false;
    }
  }
  return true;
}

async function observe(
  detector: EndDetector,
  { certificate, key }: CheckedCertificate,
  options: ConnectionOptions,
  make: 'clean' | 'cut',
): Promise<string | undefined> {
  const [near, far] = await tcpPair();
  const secureContext = createSecureContext({ cert: certificate, key, ca: [] });
  const watched = detector(near, (stream) => new TLSSocket(stream, { isServer: true, secureContext }));
  const client = connectTls({ socket: far, rejectUnauthorized: false, ...options });
  try {
    client.on('error', ignore);
    watched.stream.on('error', ignore).resume();
    await once(client, 'secureConnect');
    client.write('x');
    await once(watched.stream, 'data');
    if (make === 'clean') client.end();
    else far.end();
    await once(watched.stream, 'end');
    return watched.ending();
  } catch {
    return undefined;
  } finally {
    for (const socket of [client, watched.stream, near, far]) socket.destroy();
  }
}

async function tcpPair(): Promise<readonly [Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connectTcp({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, allowHalfOpen: true });
  const [near] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [near, far];
}

function ignore(): void {}
