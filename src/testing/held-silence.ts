import { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';

/**
 * The silence of a data connection, held by a test: it is opened by whoever has these limits, and does not stall by
 * itself.
 */
export interface HeldSilence {
  readonly limits: { readonly stallMs: number };
  /** The first that is opened with these limits. */
  readonly socket: () => Promise<Socket>;
  /** What the sockets of all that were opened with these limits say when nothing has moved for `stallMs`. */
  readonly falls: () => void;
}

export function heldSilence(context: TestContext): HeldSilence {
  const limits = { stallMs: 3_599_999 };
  const { mock } = context.mock.method(Socket.prototype, 'setTimeout');
  const sockets = (): Set<Socket> =>
    new Set(mock.calls.filter((call) => call.arguments[0] === limits.stallMs).map((call) => call.this as Socket));
  return {
    limits,
    async socket() {
      for (;;) {
        const [first] = sockets();
        if (first) return first;
        await setImmediate();
      }
    },
    falls: () => sockets().forEach((socket) => socket.emit('timeout')),
  };
}
