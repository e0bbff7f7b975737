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
  { rateLimiter, signal, through = [], endsFirst = false }: DataTransferOptions,
  onBytes: (bytes: number) => void,
): Promise<Ending> {
  if (isLendingSink(sink) && readingInto.works === undefined) await readingInto.prove();
  // Nothing goes by the result: the operator hears of it.
  if (resetEnds.works === undefined) background(resetEnds.prove(), () => undefined);
  const { stream } = transfer;
  transfer.awaitsPeer = () => !stream.isPaused();
  const counting = new CountingSink(sink, onBytes);
  const inlet = through[0] ?? counting;
  const delivered = through.length > 0 ? pipeline([...through, counting], { signal }) : finished(counting, { signal });
  const ended = new Promise<undefined>((resolve) => {
    if (stream.readableEnded) resolve(undefined);
    else stream.once('end', () => resolve(undefined));
  });
  let paid: Promise<void> | undefined;
  if (rateLimiter || inlet !== counting || !isLendingSink(sink) || !receiveInPlace(stream, sink, onBytes)) {
    stream.on('data', (chunk: Buffer) => {
      const isWanted = inlet.write(chunk);
      if (isWanted && !rateLimiter) return;
      paid = rateLimiter?.take(chunk.length, signal);
      pauseUntil(stream, Promise.all([paid, isWanted || once(inlet, 'drain')]));
    });
  }
  // A socket that was accepted paused stays so until it is told.
  stream.resume();
  if (endsFirst) stream.end();
  try {
    const failure = await Promise.race([ended, transfer.broken, delivered.then(() => undefined)]);
    if (failure) return failure.ending;
    transfer.complete();
    if (transfer.ending !== 'clean' && (await isResetEnd(transfer.tcp, stream))) return 'reset';
    inlet.end();
    // The rate limiter too: the stream may end while its last bytes still wait in the limiter.
    await Promise.all([delivered, answerEnd(transfer), paid]);
    return transfer.ending ?? 'clean';
  } catch (error) {
    if (signal.aborted) return 'aborted';
    throw error;
  } finally {
    inlet.destroy();
  }
}

/** Has the bytes read to where the sink writes them from. False where this Node cannot. */
function receiveInPlace(stream: Socket, sink: LendingSink, onBytes: (bytes: number) => void): boolean {
  return readInto(stream, sink, (bytes) => {
    onBytes(bytes);
    // What was decrypted already comes all the same.
    if (!sink.filled(bytes) && !stream.isPaused()) pauseUntil(stream, once(sink, 'drain'));
  });
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
