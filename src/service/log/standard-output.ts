import { constants, fstatSync, openSync, write } from 'node:fs';
import process from 'node:process';
import { isatty } from 'node:tty';
import type { LogOutput } from './log.ts';
import { LogQueue, type QueueState } from './log-queue.ts';

/** Until a log that does not take its last lines is left as it is. */
const END_MS = 1000;

/** A log's destination that is ended with it. */
export interface OwnedLogOutput extends LogOutput, AsyncDisposable {
  readonly state: QueueState;
}

/**
 * Standard output for a log, which no state of it holds up: a full disk, a reader that stopped or went away, a terminal
 * on which somebody pressed Ctrl-S. Disposing it waits for a moment until what was logged is written.
 */
export function standardOutput(): OwnedLogOutput {
  const descriptor = waitlessDescriptor();
  return outputOf(
    new LogQueue(
      (bytes) =>
        new Promise((resolve, reject) => {
          write(descriptor, bytes, (error, written) => (error ? reject(error) : resolve(written)));
        }),
    ),
  );
}

function outputOf(queue: LogQueue): OwnedLogOutput {
  return {
    isTerminal: isatty(1) && !process.env.NO_COLOR,
    write: (lines) => queue.write(lines),
    onRecovery: (tell) => queue.onRecovery(tell),
    get state() {
      return queue.state;
    },
    [Symbol.asyncDispose]: () => queue.end(END_MS),
  };
}

/**
 * A way to standard output on which no write waits: one that did would hold a thread of the pool, and with it the end of
 * the process, for ever. A file needs nothing. A pipe or a terminal is opened once more, as Linux allows, so that other
 * programs that have it keep their own way. What can't be opened (a socket, a pipe of another user) libuv switches once
 * `process.stdout` is made, as it does in every Node program that prints to one.
 */
function waitlessDescriptor(): number {
  const descriptor = 1;
  const stats = fstatSync(descriptor);
  if (!stats.isFIFO() && !stats.isSocket() && !isatty(descriptor)) return descriptor;
  try {
    return openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    process.stdout.on('error', () => undefined);
    return descriptor;
  }
}
