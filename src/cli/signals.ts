import process from 'node:process';
import { background, type Limits, type Publish } from '../core/index.ts';
import type { Service } from '../service/index.ts';

/** What the end takes beyond `drainMs`: workers are killed before. */
const GRACE_MS = 10_000;

/** A timer of more fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const NAMES = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
type Name = (typeof NAMES)[number];

/** The signals that steer a server. Those that come before anybody listens are kept until somebody does. */
export class Signals implements Disposable {
  readonly #early: Name[] = [];
  #receive: (name: Name) => void = (name) => this.#early.push(name);

  constructor() {
    for (const name of NAMES) process.on(name, this.#onSignal);
  }

  listen(receive: (name: Name) => void): void {
    this.#receive = receive;
    this.#early.splice(0).forEach(receive);
  }

  [Symbol.dispose](): void {
    for (const name of NAMES) process.off(name, this.#onSignal);
  }

  readonly #onSignal = (name: NodeJS.Signals): void => this.#receive(name as Name);
}

interface Steering {
  readonly reload: () => Promise<void>;
  readonly publish: Publish;
  /** Those that hold now. */
  readonly limits: () => Limits;
}

/**
 * Serves until SIGTERM or SIGINT: the first one lets transfers end, a second one does not wait for them. SIGHUP reloads;
 * where that fails, what ran goes on.
 */
export async function untilStopped(
  signals: Signals,
  service: Service,
  { reload, publish, limits }: Steering,
): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const warn = (message: string) => (error: unknown) =>
    publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
  let isDraining = false;
  signals.listen((name) => {
    if (name === 'SIGHUP') {
      background(reload(), warn('Not reloaded; the configuration is as it was'));
    } else if (isDraining) {
      stop();
    } else {
      isDraining = true;
      endByForceIn(limits().drainMs + GRACE_MS);
      background(service.drain().finally(stop), warn('The server did not end in good order'));
    }
  });
  await stopped;
}

/**
 * Ends the process by force if it lives that long. A thread that the system holds, on a disk that does not answer, would
 * else keep it for ever: a process that ends waits for its threads, and nothing can be done in it by then.
 */
export function endByForceIn(ms: number): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), Math.min(ms, LONGEST_TIMER_MS)).unref();
}
