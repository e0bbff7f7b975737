import { once } from 'node:events';
import type { Socket } from 'node:net';

/** The other side has sent a line that is longer than any that makes sense. */
export class LineTooLong extends Error {
  override readonly name = 'LineTooLong';
  readonly code = 'line-too-long';
}

const LINE_FEED = 0x0a;

/** The lines that come, to the end of the stream; half a line at the end is none. @throws LineTooLong; what the socket fails with */
export async function* linesOf(socket: Socket, maxBytes: number): AsyncGenerator<string> {
  let parts: Buffer[] = [];
  let length = 0;
  // Whoever reads may still have something to send.
  for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    let rest = chunk;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      if (length + end > maxBytes) throw new LineTooLong('A line is too long');
      yield Buffer.concat([...parts, rest.subarray(0, end)]).toString('utf8');
      [parts, length] = [[], 0];
      rest = rest.subarray(end + 1);
    }
    parts.push(rest);
    length += rest.length;
    if (length > maxBytes) throw new LineTooLong('A line is too long');
  }
}

/** Sends an object as a line. Resolves once there is room for the next. @throws when the other side does not read in time */
export async function sendLine(socket: Socket, object: object, withinMs: number): Promise<void> {
  if (socket.destroyed) throw new Error('The connection is closed');
  if (socket.write(`${JSON.stringify(object)}\n`)) return;
  await once(socket, 'drain', { signal: AbortSignal.timeout(withinMs) });
}
