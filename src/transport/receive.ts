import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { background, type Ending } from '../core/index.ts';
import type { TransferOptions } from './data-connection.ts';
import { Outlet } from './outlet.ts';
import type { Wire } from './wire.ts';

/** The whole of a receiving transfer. */
export async function receiveAll(
  wire: Wire,
  sink: Writable,
  { pace, signal, through = [] }: TransferOptions,
  onBytes: (bytes: number) => void,
): Promise<Ending> {
  const { stream } = wire;
  wire.awaitsPeer = () => !stream.isPaused();
  const outlet = new Outlet(sink, onBytes);
  const inlet = through[0] ?? outlet;
  const delivered = through.length > 0 ? pipeline([...through, outlet], { signal }) : finished(outlet, { signal });
  const ended = new Promise<undefined>((resolve) => {
    if (stream.readableEnded) resolve(undefined);
    else stream.once('end', () => resolve(undefined));
  });
  let paid: Promise<void> | undefined;
  stream.on('data', (chunk: Buffer) => {
    const isWanted = inlet.write(chunk);
    if (isWanted && !pace) return;
    stream.pause();
    paid = pace?.take(chunk.length, signal);
    background(
      Promise.all([paid, isWanted || once(inlet, 'drain')]).then(() => stream.resume()),
      () => undefined,
    );
  });
  // A socket that was accepted paused stays so until it is told.
  stream.resume();
  try {
    const failure = await Promise.race([ended, wire.broken, delivered.then(() => undefined)]);
    if (failure) return failure.ending;
    wire.complete();
    inlet.end();
    // The pace too: the end is heard while the last bytes still wait to be paid for.
    await Promise.all([delivered, answerEnd(wire), paid]);
    return wire.ending ?? 'clean';
  } catch (error) {
    if (signal.aborted) return 'aborted';
    throw error;
  } finally {
    inlet.destroy();
  }
}

/** Our close_notify, which some peers wait for. Others are gone already. */
async function answerEnd({ stream }: Wire): Promise<void> {
  stream.end();
  await finished(stream, { readable: false }).catch(() => undefined);
}
