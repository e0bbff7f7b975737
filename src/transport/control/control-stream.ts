import type { Duplex } from 'node:stream';

/** When a silent peer is asked by TCP whether it is there. */
export const keepAliveMs = 60_000;

export interface SendBounds {
  readonly stallMs: number;
  readonly maxUnsentBytes: number;
  /** Called when the peer lets too much wait, or lets it wait too long. */
  readonly onUnread: () => void;
}

/** Sends on a control connection; resolves when the kernel has it, or when the connection is gone. */
export function sendWithin(stream: Duplex, bytes: Uint8Array, bounds: SendBounds): Promise<void> {
  if (!stream.writable) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(bounds.onUnread, bounds.stallMs);
  stream.write(bytes, () => {
    clearTimeout(timer);
    resolve();
  });
  if (stream.writableLength > bounds.maxUnsentBytes) bounds.onUnread();
  return promise;
}
