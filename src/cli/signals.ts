import process from 'node:process';
import { background, type EventSink } from '../core/index.ts';
import type { Service } from '../service/index.ts';

/**
 * Serves until SIGTERM or SIGINT: the first one lets transfers end, a second one does not wait for them. SIGHUP reloads;
 * where that fails, what ran goes on.
 */
export async function untilStopped(service: Service, reload: () => Promise<void>, log: EventSink): Promise<void> {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const hangUp = () =>
    background(reload(), (error) => warn(log, 'Not reloaded; the configuration is as it was', error));
  const stop = () => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    process.once('SIGTERM', resolve).once('SIGINT', resolve);
    background(service.drain().finally(resolve), (error) => warn(log, 'The server did not end in good order', error));
  };
  process.on('SIGHUP', hangUp).on('SIGTERM', stop).on('SIGINT', stop);
  try {
    await stopped;
  } finally {
    process.off('SIGHUP', hangUp).off('SIGTERM', resolve).off('SIGINT', resolve);
  }
}

function warn(log: EventSink, message: string, error: unknown): void {
  log({ event: 'warning', message, ...(error instanceof Error && { error }) });
}
