import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

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

interface NativeHandle {
  readStart?(): number;
}
