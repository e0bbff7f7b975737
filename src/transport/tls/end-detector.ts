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
    const isWatched = flow === 'receive' && !this.#isTold && (await isTunnelExact());
    return isWatched ? this.#learning : cheapDetector();
  }

  /** For a handshake that begins before it is known which way the bytes go, and ends when that is. */
  async forEarly(isDue: Promise<unknown>): Promise<EndDetector> {
    const early: EndDetector = (tcp, start) => tunnelDetector(tcp, start, { isDue });
    return (await isTunnelExact()) ? early : doubted(early);
  }

  readonly #learning: EndDetector = (tcp, start) =>
    tunnelDetector(tcp, start, {
      onToldEnd: () => {
        this.#isTold = true;
      },
    });
}

let cheap: Promise<EndDetector> | undefined;
let tunnel: Promise<boolean> | undefined;

/**
 * The one that costs nothing, where it proves to work on this Node. Each is tried when it is first needed, and not before:
 * that takes several handshakes, which are a good part of what a short command takes.
 */
export function cheapDetector(): Promise<EndDetector> {
  cheap ??= proveCheap();
  return cheap;
}

function isTunnelExact(): Promise<boolean> {
  tunnel ??= proveTunnel();
  return tunnel;
}

async function proveCheap(): Promise<EndDetector> {
  await readingInto.prove();
  if (await nativeEndings.prove()) return nativeDetector;
  return (await isTunnelExact()) ? tunnelDetector : doubted(tunnelDetector);
}

async function proveTunnel(): Promise<boolean> {
  // The tunnel reads by it.
  await readingInto.prove();
  return tunnelEndings.prove();
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
