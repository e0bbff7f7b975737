import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { background, type Ending, isLendingSink, type LendingSink } from '../../core/index.ts';
import { readInto, readingInto } from '../node-internals/read-into.ts';
import { isResetEnd, resetEnds } from '../node-internals/reset-end.ts';
import { CountingSink } from './counting-sink.ts';
import type { DataTransferOptions } from './transfer-options.ts';
import type { TransferStream } from './transfer-stream.ts';

/** The whole of a receiving transfer. */
export async function receiveAll(
  transfer: TransferStream,
  sink: Writable,
  options: DataTransferOptions,
  onBytes: (bytes: number) => void,
): Promise<Ending> {
  const { rateLimiter, signal, through = [], endsFirst = false } = options;
  if (isLendingSink(sink) && readingInto.works === undefined) await readingInto.prove();
  // Nothing goes by the result: the operator hears of it.
  if (resetEnds.works === undefined) background(resetEnds.prove(), () => undefined);
  const { stream } = transfer;
  transfer.awaitsPeer = () => !stream.isPaused();
  const isPlain = !rateLimiter && through.length === 0;
  const delivery =
    (isPlain && isLendingSink(sink) && receiveInPlace(stream, sink, onBytes)) ||
    receiveChunks(stream, sink, options, onBytes);
  const ended = new Promise<undefined>((resolve) => {
    if (stream.readableEnded) resolve(undefined);
    else stream.once('end', () => resolve(undefined));
  });
  // A socket that was accepted paused stays so until it is told.
  stream.resume();
  if (endsFirst) stream.end();
  try {
    const failure = await Promise.race([ended, transfer.broken, delivery.done.then(() => undefined)]);
    if (failure) return failure.ending;
    transfer.complete();
    if (transfer.ending !== 'clean' && (await isResetEnd(transfer.tcp, stream))) return 'reset';
    delivery.end();
    await Promise.all([delivery.done, answerEnd(transfer)]);
    return transfer.ending ?? 'clean';
  } catch (error) {
    if (signal.aborted) return 'aborted';
    throw error;
  } finally {
    delivery.letGo();
  }
}

/** How what comes gets into the sink. */
interface Delivery {
  /** Resolves when the sink has got everything, behind `end`. Rejects with what the sink or a step failed with. */
  readonly done: Promise<unknown>;
  /** Nothing more comes. */
  end(): void;
  /** Has nothing more to do with the sink. */
  letGo(): void;
}

/** Has the bytes read to where the sink writes them from. Undefined where this Node cannot. */
function receiveInPlace(stream: Socket, sink: LendingSink, onBytes: (bytes: number) => void): Delivery | undefined {
  const isBegun = readInto(stream, sink, (bytes) => {
    onBytes(bytes);
    // What was decrypted already comes all the same.
    if (!sink.filled(bytes) && !stream.isPaused()) pauseUntil(stream, once(sink, 'drain'));
  });
  if (!isBegun) return undefined;
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  const onClose = (): void => reject(sink.errored ?? new Error('The sink was ended'));
  sink.once('error', reject).once('close', onClose);
  if (sink.closed) onClose();
  return {
    done,
    end: resolve,
    letGo: () => sink.off('error', reject).off('close', onClose),
  };
}

/** Leads what comes through the steps, at the speed of the slowest of them. */
function receiveChunks(
  stream: Socket,
  sink: Writable,
  { rateLimiter, signal, through = [] }: DataTransferOptions,
  onBytes: (bytes: number) => void,
): Delivery {
  const counting = new CountingSink(sink, onBytes);
  const inlet = through[0] ?? counting;
  const delivered = through.length > 0 ? pipeline([...through, counting], { signal }) : finished(counting, { signal });
  let paid: Promise<void> | undefined;
  stream.on('data', (chunk: Buffer) => {
    const isWanted = inlet.write(chunk);
    if (isWanted && !rateLimiter) return;
    paid = rateLimiter?.take(chunk.length, signal);
    pauseUntil(stream, Promise.all([paid, isWanted || once(inlet, 'drain')]));
  });
  return {
    // The rate limiter too: the stream may end while its last bytes still wait in the limiter.
    done: delivered.then(() => paid),
    end: () => inlet.end(),
    letGo: () => inlet.destroy(),
  };
}

/** The sink or the rate limiter reports the failure itself. */
function pauseUntil(stream: Socket, ready: Promise<unknown>): void {
  stream.pause();
  background(
    ready.then(() => stream.resume()),
    () => undefined,
  );
}

/** Our close_notify, which some peers wait for. Others are gone already. */
async function answerEnd({ stream }: TransferStream): Promise<void> {
  stream.end();
  await finished(stream, { readable: false }).catch(() => undefined);
}
