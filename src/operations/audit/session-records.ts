import type { RecordKeeper, RecordStore, ServerEvent } from '../../core/index.ts';
import { recordedEvents } from './from-events.ts';

const RECORDED: ReadonlySet<string> = new Set(recordedEvents(true));

/** Knows of which sessions of this process something is not known to be recorded yet. */
export class SessionRecords implements RecordKeeper {
  readonly #store: RecordStore;
  readonly #open = new Set<string>();
  readonly #lost = new Set<string>();

  constructor(store: RecordStore) {
    this.#store = store;
  }

  get trouble(): string | undefined {
    return this.#store.trouble;
  }

  /** An event on its way to the record. @param isTaken whether there was room for it */
  hear(event: ServerEvent, isTaken: boolean): void {
    if (!('session' in event) || !RECORDED.has(event.event)) return;
    if (event.event === 'session.closed') {
      this.#open.delete(event.session);
      this.#lost.delete(event.session);
    } else if (isTaken) this.#open.add(event.session);
    else this.#lost.add(event.session);
  }

  expect(session: string): void {
    this.#open.add(session);
  }

  recorded(session: string): Promise<boolean> | undefined {
    if (this.#lost.delete(session)) return Promise.resolve(false);
    return this.#open.delete(session) ? this.#store.recorded() : undefined;
  }
}
