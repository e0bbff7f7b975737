import { once } from 'node:events';
import type { SecureVersion, TLSSocket } from 'node:tls';
import type { EndDetector, StreamEnding, WatchedTls } from '../tls/end-of-stream.ts';
import { observationMs } from './probe.ts';
import { withTlsPair } from './tls-pair.ts';

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
  let watched: WatchedTls | undefined;
  const startNear: Parameters<typeof withTlsPair>[1] = (tcp, start): TLSSocket => {
    watched = detector(tcp, start);
    return watched.stream;
  };
  try {
    return await withTlsPair(version, startNear, async ({ near, far, farTcp }) => {
      near.resume();
      await once(far, 'secureConnect', { signal });
      far.write('x');
      await once(near, 'data', { signal });
      if (make === 'clean') far.end();
      else farTcp.end();
      await once(near, 'end', { signal });
      return watched?.ending();
    });
  } catch {
    return undefined;
  }
}
