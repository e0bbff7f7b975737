import { nativeDetector, nativeEndings } from '../node-internals/native-detector.ts';
import { readingInto } from '../node-internals/read-into.ts';
import { tunnelDetector, tunnelEndings } from '../node-internals/tunnel-detector.ts';
import type { EndDetector } from './end-of-stream.ts';

/**
 * How the data connections of one control connection are watched. The first one that receives shows whether Node tells
 * of this peer's close_notify, which it does not behind a `user_canceled` (Java); where it does, the others cost nothing.
 */
export class EndDetection {
  #isTold = false;

  async forFlow(flow: 'send' | 'receive'): Promise<EndDetector> {
    const { cheap, isTunnelExact } = await detectors();
    return flow === 'send' || this.#isTold || !isTunnelExact ? cheap : this.#learning;
  }

  /** For a handshake that begins before it is known which way the bytes go, and ends when that is. */
  async forEarly(isDue: Promise<unknown>): Promise<EndDetector> {
    const early: EndDetector = (tcp, start) => tunnelDetector(tcp, start, { isDue });
    return (await detectors()).isTunnelExact ? early : doubted(early);
  }

  readonly #learning: EndDetector = (tcp, start) =>
    tunnelDetector(tcp, start, {
      onToldEnd: () => {
        this.#isTold = true;
      },
    });
}

interface Detectors {
  /** The one that costs nothing, where it proves to work on this Node. */
  readonly cheap: EndDetector;
  readonly isTunnelExact: boolean;
}

let proven: Promise<Detectors> | undefined;

/** What this Node allows does not change while it runs. */
export function detectors(): Promise<Detectors> {
  proven ??= prove();
  return proven;
}

async function prove(): Promise<Detectors> {
  // The tunnel reads by it.
  await readingInto.prove();
  const isTunnelExact = await tunnelEndings.prove();
  if (await nativeEndings.prove()) return { cheap: nativeDetector, isTunnelExact };
  return { cheap: isTunnelExact ? tunnelDetector : doubted(tunnelDetector), isTunnelExact };
}

/** Where nothing tells the endings apart, all that seem clean are cut: no upload is published on the strength of a guess. */
function doubted(detector: EndDetector): EndDetector {
  return (tcp, start) => {
    const watched = detector(tcp, start);
    return {
      ...watched,
      ending: () => {
        const ending = watched.ending();
        return ending === 'clean' ? 'cut' : ending;
      },
    };
  };
}
