import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, createSecureContext } from 'node:tls';
import type { CheckedCertificate } from './certificate.ts';
import { type EndDetector, nativeDetector, type StreamEnding, tunnelDetector } from './end-of-stream.ts';
import { tcpPair } from './tcp-pair.ts';
import { serverTls } from './tls-handshake.ts';

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
): Promise<StreamEnding | undefined> {
  const signal = AbortSignal.timeout(observationMs);
  const secureContext = createSecureContext({ cert: certificate, key, ca: [] });
  const sockets: Socket[] = [];
  try {
    const [near, far] = await tcpPair();
    sockets.push(near, far);
    const watched = detector(near, (stream) => serverTls(stream, { secureContext }));
    const client = connectTls({ socket: far, rejectUnauthorized: false, ...options });
    sockets.push(client, watched.stream);
    for (const socket of sockets) socket.on('error', () => undefined);
    watched.stream.resume();
    await once(client, 'secureConnect', { signal });
    client.write('x');
    await once(watched.stream, 'data', { signal });
    if (make === 'clean') client.end();
    else far.end();
    await once(watched.stream, 'end', { signal });
    return watched.ending();
  } catch {
    return undefined;
  } finally {
    for (const socket of sockets.toReversed()) socket.destroy();
  }
}

/** More than enough inside one process; a Node that has changed must not keep transfers waiting. */
const observationMs = 2000;
