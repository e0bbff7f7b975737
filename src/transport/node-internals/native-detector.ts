import type { TLSSocket } from 'node:tls';
import { getSystemErrorMap } from 'node:util';
import { type EndDetector, watch } from '../tls/end-of-stream.ts';
import { tellsEndings } from './endings-probe.ts';
import { Probe } from './probe.ts';

/**
 * Costs nothing, but relies on Node's internals: `readStart` on the TCP handle below TLS answers EALREADY as long as TCP
 * has not ended. It calls an ending cut where `user_canceled` came before close_notify, as from Java (JSSE) in TLS 1.3:
 * OpenSSL 3.5 does not tell Node of that end, which then comes with TCP's own.
 */
export const nativeDetector: EndDetector = (tcp, start) => {
  const stream = start(tcp);
  return watch(stream, () => (tcpHasEnded(stream) ? 'cut' : 'clean'));
};

/** Where it does not tell clean endings from cut ones, TLS runs over a tunnel. */
export const nativeEndings = new Probe(
  () => tellsEndings(nativeDetector),
  'the endings of TLS streams are watched in a slower way',
);

function tcpHasEnded(stream: TLSSocket): boolean {
  const handle = (stream as unknown as { readonly _handle: NativeHandle | null })._handle;
  // A stream that does not read right now can't have been told the end of TCP.
  if (handle?.reading === false) return false;
  return handle?._parent?.readStart() !== alreadyReading;
}

const alreadyReading = [...getSystemErrorMap()].find(([, [name]]) => name === 'EALREADY')?.[0];

interface NativeHandle {
  readonly reading?: boolean;
  readonly _parent?: { readStart(): number };
}
