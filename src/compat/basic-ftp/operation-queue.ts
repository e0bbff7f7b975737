import { AsyncLocalStorage } from 'node:async_hooks';

/** The calls made at one level: by the program, or within one operation. */
interface QueueLevel {
  readonly above: QueueLevel | undefined;
  /** Settles, and never rejects, when all calls of this level are done. */
  last: Promise<unknown>;
  isOver: boolean;
}

/**
 * Lets operations run one after another, in the order in which they were asked for: several commands that belong
 * together must not mix with those of another call. What an operation itself calls, a caller's hook within it included,
 * belongs to it and does not wait for its end; it is over when all of that is.
 */
export class OperationQueue {
  readonly #level = new AsyncLocalStorage<QueueLevel>();
  readonly #top: QueueLevel = { above: undefined, last: Promise.resolve(), isOver: false };

  run<T>(operation: () => Promise<T>): Promise<T> {
    const around = this.#current();
    const within: QueueLevel = { above: around, last: Promise.resolve(), isOver: false };
    const result = around.last.then(() => this.#level.run(within, operation));
    around.last = result.then(
      () => finish(within),
      () => finish(within),
    );
    return result;
  }

  /** Callbacks outlive the operation that they were made in; then they belong to what is around it. */
  #current(): QueueLevel {
    let level = this.#level.getStore();
    while (level?.isOver) level = level.above;
    return level ?? this.#top;
  }
}

async function finish(level: QueueLevel): Promise<void> {
  for (let last: unknown; last !== level.last; ) {
    last = level.last;
    await last;
  }
  level.isOver = true;
}
