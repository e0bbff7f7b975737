import type { EventSink } from '../core/index.ts';
import type { LocalStorage } from '../storage/index.ts';

/** Removes what uploads of an earlier process left. A large tree takes a while, and nobody need wait for it; disposing ends it. */
export function sweepInBackground(storage: LocalStorage, partialKeepMs: number, log: EventSink): AsyncDisposable {
  const stop = new AbortController();
  const ended = sweep(storage, partialKeepMs, stop.signal, log);
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await ended;
    },
  };
}

async function sweep(storage: LocalStorage, partialKeepMs: number, signal: AbortSignal, log: EventSink): Promise<void> {
  try {
    const { temporaries, partials } = await storage.sweep({ partialKeepMs, signal });
    const message = `Removed what earlier uploads left: ${temporaries} cut off, ${partials} interrupted for too long`;
    if (temporaries + partials > 0) log({ event: 'notice', message });
  } catch (error) {
    const message = 'Left-overs of earlier uploads could not be removed';
    if (!signal.aborted) log({ event: 'warning', message, ...(error instanceof Error && { error }) });
  }
}
