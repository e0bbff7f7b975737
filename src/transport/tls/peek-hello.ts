import type { Duplex } from 'node:stream';
import { boundedWait } from '../bounded-wait.ts';
import { ChannelError } from '../channel-error.ts';
import { helloBytes, MAX_HELLO_BYTES } from './client-hello.ts';

/** The bytes that a client has begun its handshake with, as far as they have come. */
export interface PeekedHello {
  bytes: Buffer;
}

/**
 * Waits until the first message of a handshake is there, or what is none, and leaves the bytes in the stream for TLS to read:
 * TLS takes them without telling what they were. What has come by then is in `seen`, also where this rejects and the stream is destroyed.
 * @throws ChannelError `peer-closed`, `timeout`, `aborted`; what the stream failed by
 */
export async function peekHello(
  stream: Duplex,
  seen: PeekedHello,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const look = (): void => {
    const chunk: Buffer | null = stream.read();
    if (chunk === null) return;
    seen.bytes = seen.bytes.length === 0 ? chunk : Buffer.concat([seen.bytes, chunk]);
    if (isEnough(seen.bytes)) resolve();
  };
  const onClose = (): void =>
    reject(new ChannelError('peer-closed', 'The peer ended the connection in the TLS handshake'));
  stream.on('readable', look).once('end', onClose).once('close', onClose).on('error', reject);
  try {
    await boundedWait(promise, {
      timeoutMs,
      signal,
      onTimeout: () => new ChannelError('timeout', 'The TLS handshake took too long'),
      onAbort: (cause) => new ChannelError('aborted', 'The TLS handshake was given up', { cause }),
    });
  } catch (error) {
    stream.destroy();
    throw error;
  } finally {
    stream.off('readable', look).off('end', onClose).off('close', onClose).off('error', reject);
  }
  stream.unshift(seen.bytes);
}

/** What is no handshake is for TLS to refuse at once. */
function isEnough(bytes: Buffer): boolean {
  if (bytes.length >= MAX_HELLO_BYTES || bytes[0] !== 22) return true;
  const length = helloBytes(bytes);
  return length !== undefined && bytes.length >= length;
}
