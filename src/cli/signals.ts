import process from 'node:process';
import { background, type EventSink } from '../core/index.ts';
import type { Service } from '../service/index.ts';

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

/**
 * Serves until SIGTERM or SIGINT: the first one lets transfers end, a second one does not wait for them. SIGHUP reloads;
 * where that fails, what ran goes on.
 */
export async function untilStopped(
  signals: Signals,
  service: Service,
  reload: () => Promise<void>,
  log: EventSink,
): Promise<void> {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  const warn = (message: string) => (error: unknown) =>
    log({ event: 'warning', message, ...(error instanceof Error && { error }) });
  let isDraining = false;
  signals.listen((name) => {
    if (name === 'SIGHUP') {
      background(reload(), warn('Not reloaded; the configuration is as it was'));
    } else if (isDraining) {
      stop();
    } else {
      isDraining = true;
      background(service.drain().finally(stop), warn('The server did not end in good order'));
    }
  });
  await stopped;
}
