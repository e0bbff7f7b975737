import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { background, type RateLimiter } from '../../core/index.ts';
import { DataError } from '../data-error.ts';
import { limitedPortionBytes } from './outgoing.ts';
import type { TransferStream } from './transfer-stream.ts';

/** Bytes both ways at once over one data connection. */
export interface ExchangeOptions {
  /** Gets what the peer sends; it is ended when the peer's stream has, and destroyed when the connection breaks. */
  readonly incoming: Writable;
  /** What is sent; each piece is written as it comes. */
  readonly outgoing: AsyncIterable<Uint8Array>;
  /** Whether our side ends the stream, once all is sent. Otherwise the peer does. */
  readonly endsStream: boolean;
  readonly signal: AbortSignal;
  /** How fast bytes may pass on the wire, both ways together. */
  readonly rateLimiter?: RateLimiter | undefined;
  /** Whether our side is at work on what came: the peer, which waits for that, does not stall then. Default: never. */
  readonly isWorking?: () => boolean;
}

/** The whole of an exchange. Whether all came is for the bytes themselves to say. @throws DataError; what `incoming` failed with */
export async function exchangeAll(
  transfer: TransferStream,
  { incoming, outgoing, endsStream, signal, rateLimiter, isWorking = () => false }: ExchangeOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { stream } = transfer;
  let isPaying = false;
  const pay = async (bytes: number): Promise<void> => {
    isPaying = true;
    await rateLimiter?.take(bytes, signal);
    isPaying = false;
  };
  // Whoever reads it hears of its failure, and so does whoever waits for this.
  incoming.on('error', () => undefined);
  transfer.awaitsPeer = () => stream.writableLength > 0 || !(stream.isPaused() || isPaying || isWorking());
  const ended = receiveInto(transfer, { incoming, signal, rateLimiter }, onBytes);
  const sent = sendFrom(transfer, rateLimiter ? limited(outgoing, pay) : outgoing, onBytes, lossOf(transfer, ended));
  background(ended, () => undefined);
  background(sent, () => undefined);
  try {
    const broken = await Promise.race([transfer.broken, (endsStream ? sent : ended).then(() => undefined)]);
    if (broken) throw broken;
    transfer.complete();
    await endStream(transfer);
  } catch (error) {
    // What came before the peer's end is still to be read.
    if (!incoming.writableEnded) incoming.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

/**
 * Rejects when the peer is gone, which may show by the end of its stream alone: Node loses the reset that answers a session
 * ticket, and with it the failure of every write behind.
 */
async function lossOf(transfer: TransferStream, ended: Promise<void>): Promise<never> {
  await ended;
  if (transfer.ending !== 'cut') await new Promise(() => undefined);
  throw new DataError('reset', 'The data connection broke off');
}

/** Resolves when the peer's stream has ended. What it fails with comes out where it is waited for. */
async function receiveInto(
  { stream }: TransferStream,
  { incoming, signal, rateLimiter }: Pick<ExchangeOptions, 'incoming' | 'signal' | 'rateLimiter'>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  stream.on('data', (chunk: Buffer) => {
    onBytes(chunk.length);
    const isWanted = !incoming.writable || incoming.write(chunk);
    if (isWanted && !rateLimiter) return;
    stream.pause();
    const ready = Promise.all([rateLimiter?.take(chunk.length, signal), isWanted || once(incoming, 'drain')]);
    background(
      ready.then(() => stream.resume()),
      () => undefined,
    );
  });
  // A socket that was accepted paused stays so until it is told.
  stream.resume();
  // That it breaks is told elsewhere.
  if (!stream.readableEnded) await new Promise((resolve) => stream.once('end', resolve));
  incoming.end();
}

async function sendFrom(
  transfer: TransferStream,
  outgoing: AsyncIterable<Uint8Array>,
  onBytes: (bytes: number) => void,
  loss: Promise<never>,
): Promise<void> {
  const { stream } = transfer;
  let previous: Promise<void> = Promise.resolve();
  // To race each piece with the loss would hold something of each for as long as the connection stands.
  let lost: { readonly error: unknown } | undefined;
  let letGo = (): void => undefined;
  background(loss, (error) => {
    lost = { error };
    letGo();
  });
  const taken = async (): Promise<void> => {
    await previous;
    if (lost) throw lost.error;
    if (transfer.isBroken) throw await transfer.broken;
  };
  for await (const bytes of outgoing) {
    await taken();
    onBytes(bytes.length);
    previous = new Promise((resolve) => {
      letGo = resolve;
      stream.write(bytes, () => resolve());
    });
  }
  await taken();
}

/** Small portions, each paid for: a limit of the rate must hold within any second. */
async function* limited(
  outgoing: AsyncIterable<Uint8Array>,
  pay: (bytes: number) => Promise<void>,
): AsyncGenerator<Uint8Array> {
  for await (const bytes of outgoing) {
    for (let at = 0; at < bytes.length; at += limitedPortionBytes) {
      const portion = bytes.subarray(at, at + limitedPortionBytes);
      await pay(portion.length);
      yield portion;
    }
  }
}

/** Both sides of TLS say that they are done (RFC 4217 section 12.6); a peer that does not gets some time and no more. */
async function endStream({ stream, limits }: TransferStream): Promise<void> {
  const timer = setTimeout(() => stream.destroy(), limits.closeNotifyMs);
  stream.end();
  // What nobody reads any more may stand before the end of the peer's side.
  stream.resume();
  await finished(stream).catch(() => undefined);
  clearTimeout(timer);
}
