import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureVersion } from 'node:tls';
import { tcpPair } from '../tcp-pair.ts';
import { type EndDetector, nativeDetector, type StreamEnding, tunnelDetector } from './end-of-stream.ts';
import { serverTls } from './tls-handshake.ts';

/**
 * How the data connections of one control connection are watched. The first one that receives shows whether Node tells
 * of this peer's close_notify, which it does not behind a `user_canceled` (Java); where it does, the others cost nothing.
 */
export class EndDetection {
  #isTold = false;

  forFlow(flow: 'send' | 'receive'): Promise<EndDetector> {
    return flow === 'send' || this.#isTold ? cheapDetector() : Promise.resolve(this.#learning);
  }

  /** For a handshake that begins before it is known which way the bytes go, and ends when that is. */
  forEarly(isDue: Promise<unknown>): EndDetector {
    return (tcp, start) => tunnelDetector(tcp, start, { isDue });
  }

  readonly #learning: EndDetector = (tcp, start) =>
    tunnelDetector(tcp, start, {
      onToldEnd: () => {
        this.#isTold = true;
      },
    });
}

/** What this Node allows does not change while it runs. */
let cheap: Promise<EndDetector> | undefined;

/** The detector that costs nothing, where it proves to work on this Node; the other one elsewhere. Tried once. */
export function cheapDetector(): Promise<EndDetector> {
  cheap ??= choose();
  return cheap;
}

async function choose(): Promise<EndDetector> {
  if (await tellsEndings(nativeDetector)) return nativeDetector;
  process.emitWarning('The internals of this Node changed: the endings of TLS streams are watched in a slower way', {
    code: 'LOCKPORT_TLS_ENDINGS',
  });
  return tunnelDetector;
}

/** Whether a detector tells a clean ending from a cut one, on a pair of sockets of our own. */
export async function tellsEndings(detector: EndDetector): Promise<boolean> {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const expected of ['clean', 'cut'] as const) {
      if ((await observe(detector, version, expected)) !== expected) return false;
    }
  }
  return true;
}

async function observe(
  detector: EndDetector,
  version: SecureVersion,
  make: 'clean' | 'cut',
): Promise<StreamEnding | undefined> {
  const signal = AbortSignal.timeout(observationMs);
  const secureContext = createSecureContext({ minVersion: version, maxVersion: version, ciphers, ca: [] });
  // A key that both sides know stands for a certificate, which a client does not have.
  const psk = randomBytes(32);
  const sockets: Socket[] = [];
  try {
    const [near, far] = await tcpPair();
    sockets.push(near, far);
    const watched = detector(near, (stream) => serverTls(stream, { secureContext, pskCallback: () => psk }));
    const client = connectTls({
      socket: far,
      secureContext,
      pskCallback: () => ({ psk, identity: 'self-test' }),
      checkServerIdentity: () => undefined,
    });
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

/** With a pre-shared key, in TLS 1.2 and in TLS 1.3. */
const ciphers = 'PSK-AES128-GCM-SHA256:TLS_AES_128_GCM_SHA256';

/** More than enough inside one process; a Node that has changed must not keep transfers waiting. */
const observationMs = 2000;
