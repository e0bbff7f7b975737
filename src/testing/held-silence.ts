import { Socket } from 'node:net';
import type { TestContext } from 'node:test';

/**
 * The silence of a data connection, held by a test: it is opened by whoever has these limits, and does not stall by
 * itself.
 */
export interface HeldSilence {
  readonly limits: { readonly stallMs: number };
  /** The first that is opened with these limits. */
  readonly socket: Promise<Socket>;
  /** What the sockets of all that were opened with these limits say when nothing has moved for `stallMs`. */
  readonly falls: () => void;
}

export function heldSilence(context: TestContext): HeldSilence {
  const limits = { stallMs: 3_599_999 };
  const first = Promise.withResolvers<Socket>();
  const sockets = new Set<Socket>();
  const { setTimeout } = Socket.prototype;
  context.mock.method(Socket.prototype, 'setTimeout', function (this: Socket, ...given: Parameters<typeof setTimeout>) {
    if (given[0] === limits.stallMs) {
      sockets.add(this);
      first.resolve(this);
    }
    return setTimeout.apply(this, given);
  });
  const falls = (): void => {
    for (const socket of sockets) socket.emit('timeout');
  };
  return { limits, socket: first.promise, falls };
}
