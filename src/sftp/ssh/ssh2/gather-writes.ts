import type { Socket } from 'node:net';

/**
 * Has what is written to a socket from now on leave together, once what has come by now is worked on. ssh2 writes each packet in
 * three pieces, which would be three calls of the system, and three segments.
 */
export function gatherWrites(socket: Socket): void {
  if (socket.writableCorked > 0) return;
  socket.cork();
  setImmediate(() => socket.uncork());
}
