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
    stream.once('end', () => resolve(undefined));
  });
  stream.on('data', (chunk: Buffer) => {
    const isWanted = inlet.write(chunk);
    if (isWanted && !pace) return;
    stream.pause();
    const ready = Promise.all([pace?.take(chunk.length, signal), isWanted || once(inlet, 'drain')]);
    background(
      ready.then(() => stream.resume()),
      () => undefined,
    );
  });
  // A socket that was accepted paused stays so until it is told.
  stream.resume();
  try {
    const failure = await Promise.race([ended, wire.broken, delivered.then(() => undefined)]);
    if (failure) return failure.ending;
    wire.complete();
    // The answer to the peer's close_notify, which some peers wait for.
    stream.end();
    inlet.end();
    await delivered;
    return wire.ending ?? 'clean';
  } catch (error) {
    if (signal.aborted) return 'aborted';
    throw error;
  } finally {
    inlet.destroy();
  }
}
