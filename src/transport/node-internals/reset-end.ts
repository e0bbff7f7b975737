import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { tcpPair } from '../tcp-pair.ts';
import { observationMs, Probe } from './probe.ts';

/**
 * Whether the end of a connection was a reset. libuv before 1.52 (Node 22) reports a reset as the end where a read got
 * less than it had room for, so that a part of an upload looks like all of it. The system still has the error, which
 * reading on brings up in the next round of the event loop: a turn until that begins, and one until it has come.
 *
 * @param stream what is read: TLS over `tcp`, or itself
 */
export async function isResetEnd(tcp: Socket, stream: Socket): Promise<boolean> {
  let isReset = false;
  const onError = () => {
    isReset = true;
  };
  for (const socket of [tcp, stream]) socket.once('error', onError);
  (tcp as unknown as { readonly _handle: NativeHandle | null })._handle?.readStart?.();
  await turn();
  await turn();
  for (const socket of [tcp, stream]) socket.off('error', onError);
  return isReset;
}

/** Where it does not work, an end is what Node calls it: only TLS then tells a part of an upload from all of it. */
export const resetEnds = new Probe(
  async () => (await isToldAsReset((far) => far.resetAndDestroy())) && !(await isToldAsReset((far) => far.end())),
  'an upload in the clear that a reset cuts off can count as whole',
);

/** @param end ends the far side, whose bytes and end then wait for the near one */
async function isToldAsReset(end: (far: Socket) => void): Promise<boolean> {
  const [near, far] = await tcpPair();
  let isError = false;
  near.on('error', () => {
    isError = true;
  });
  far.on('error', () => undefined);
  try {
    far.write('a part');
    end(far);
    near.resume();
    const signal = AbortSignal.timeout(observationMs);
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    near.once('end', resolve).once('close', resolve);
    signal.addEventListener('abort', () => resolve());
    await ended;
    return isError || (!signal.aborted && (await isResetEnd(near, near)));
  } finally {
    near.destroy();
    far.destroy();
  }
}

interface NativeHandle {
  readStart?(): number;
}
