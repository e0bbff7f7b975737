import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { type WatchedTls, watch } from '../tls/end-of-stream.ts';
import { tellsEndings } from './endings-probe.ts';
import { Probe } from './probe.ts';
import { Tunnel } from './tunnel.ts';

/**
 * Exact for every peer, and costs some more for each connection. When TCP has ended, OpenSSL is shown bytes that are no
 * record: one that has read a close_notify looks at nothing more (RFC 8446 section 6.1), whatever came before that, and
 * any other fails.
 */
export function tunnelDetector(
  tcp: Socket,
  start: (stream: Duplex) => TLSSocket,
  { onToldEnd, isDue }: TunnelOptions = {},
): WatchedTls {
  const tunnel = new Tunnel(tcp);
  if (isDue) tunnel.holdUntil(isDue);
  let isSecure = false;
  let hasTcpEnded = false;
  let isCut = false;
  tunnel.once('end', () => {
    hasTcpEnded = true;
    if (!isSecure) return;
    // The failure would end the stream where this is not heeded, and what still waits to be read would be lost.
    Object.assign(stream, { _emitTLSError: () => (isCut = true) });
    // Bytes that are shown might be guessed to be the rest of a record, and of a close_notify.
    isCut = tunnel.isWithinRecord;
    tunnel.inject(noRecord);
  });
  const stream = start(tunnel);
  stream.once('secure', () => {
    isSecure = true;
  });
  return watch(stream, () => {
    if (!hasTcpEnded) onToldEnd?.();
    return isCut ? 'cut' : 'clean';
  });
}

export interface TunnelOptions {
  /** Called when Node tells of a close_notify by itself. */
  readonly onToldEnd?: () => void;
  /** Until then, what the peer sends encrypted is kept back. */
  readonly isDue?: Promise<unknown> | undefined;
}

/** No header of a record, behind as many bytes as any header can ask for: it also ends what came in part. */
const noRecord = Buffer.alloc(5 + 0xffff + 5);

/** It relies on `_emitTLSError` and on what OpenSSL does behind a close_notify. Where that fails it is not believed. */
export const tunnelEndings = new Probe(
  () => tellsEndings(tunnelDetector),
  'TLS streams that end as those of Java count as cut off',
);
