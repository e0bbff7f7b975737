import { isLendingSource, type LendingSource } from '../../core/index.ts';
import { DataError } from '../data-error.ts';
import { counted, limitedPortionBytes, portions, throughSteps } from './outgoing.ts';
import type { DataTransferOptions } from './transfer-options.ts';
import type { TransferStream } from './transfer-stream.ts';

/** The whole of a sending transfer: a loop of our own, as large writes cost a third less CPU than a pipe's. */
export async function sendAll(
  transfer: TransferStream,
  source: AsyncIterable<Uint8Array>,
  options: DataTransferOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { stream } = transfer;
  transfer.awaitsPeer = () => stream.writableLength > 0 || stream.writableEnded;
  // What the peer says has no meaning here, but its end must be heard, and what TLS says must be answered.
  stream.resume();
  // A peer that is gone may show by this alone: Node loses the reset that answers a session ticket, and with it the
  // failure of every write behind.
  const onEnd = (): void => {
    if (transfer.ending === 'cut') transfer.break(new DataError('reset', 'The data connection broke off'));
  };
  // Node 22 may have told of it already.
  if (stream.readableEnded) onEnd();
  else stream.once('end', onEnd);
  await Promise.race([transfer.broken, writeAll(transfer, source, options, onBytes)]);
  if (!transfer.isComplete) throw await transfer.broken;
}

async function writeAll(
  transfer: TransferStream,
  source: AsyncIterable<Uint8Array>,
  options: DataTransferOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { rateLimiter, through = [], isPart = () => false, onSent = () => undefined } = options;
  if (!rateLimiter && through.length === 0 && isLendingSource(source)) await writeBorrowed(transfer, source, onBytes);
  else await writePortions(transfer, source, options, onBytes);
  if (transfer.isBroken) return;
  if (isPart()) return cut(transfer);
  onSent();
  await end(transfer);
}

/** No memory is taken for what passes. Two writes are under way: one is encrypted while the kernel takes the other. */
async function writeBorrowed(
  transfer: TransferStream,
  source: LendingSource,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let previous = Promise.resolve();
  // Where the length is known, nobody need ask whether there is more.
  for (let left = source.totalBytes ?? Number.POSITIVE_INFINITY; left > 0; ) {
    const portion = await source.borrow();
    if (!portion || transfer.isBroken) break;
    left -= portion.length;
    onBytes(portion.length);
    const written = writeAndGiveBack(transfer, source, portion);
    await previous;
    previous = written;
  }
  await previous;
  source.destroy();
}

async function writeAndGiveBack(transfer: TransferStream, source: LendingSource, portion: Uint8Array): Promise<void> {
  // Where it fails, the system may still look at it.
  if (await write(transfer, portion)) source.giveBack(portion);
}

/** Two writes are under way here, too. */
async function writePortions(
  transfer: TransferStream,
  source: AsyncIterable<Uint8Array>,
  { rateLimiter, signal, through = [] }: DataTransferOptions,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const outgoing = throughSteps(counted(source, onBytes), through);
  let previous: Promise<unknown> = Promise.resolve();
  for await (const portion of portions(outgoing, rateLimiter && limitedPortionBytes)) {
    await rateLimiter?.take(portion.length, signal);
    const written = write(transfer, portion);
    await previous;
    previous = written;
    if (transfer.isBroken) return;
  }
  await previous;
}

/** Resolves when the kernel has it, or never will: whether it has. */
function write({ stream }: TransferStream, portion: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    stream.write(portion, (error) => resolve(!error));
  });
}

/**
 * Ends TCP and leaves TLS open: all that was sent arrives, and as no close_notify came it is known not to be all (RFC 8446
 * section 6.1).
 */
async function cut(transfer: TransferStream): Promise<never> {
  const { tcp, stream, limits } = transfer;
  if (stream !== tcp) {
    const timer = setTimeout(() => tcp.destroy(), limits.replyFlushMs);
    tcp.end();
    await transfer.broken;
    clearTimeout(timer);
  }
  throw new DataError('aborted', 'The transfer was broken off');
}

/**
 * Both sides of TLS say that they are done (RFC 4217 section 12.6); a peer that does not gets some time and no more. In
 * the clear the end of the peer's side tells nothing, and nobody waits for it.
 */
async function end(transfer: TransferStream): Promise<void> {
  const { tcp, stream, limits } = transfer;
  const isSent = await new Promise<boolean>((resolve) => {
    stream.end((error?: Error | null) => resolve(!error));
  });
  if (!isSent) return;
  transfer.complete();
  if (stream === tcp) return;
  const timer = setTimeout(() => stream.destroy(), limits.closeNotifyMs);
  // A reset now means a peer that read all it wanted and did not wait for our close_notify.
  await transfer.closed;
  clearTimeout(timer);
}
