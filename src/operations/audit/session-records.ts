import { setImmediate } from 'node:timers/promises';
import { background, type RecordKeeper, type RecordStore, type ServerEvent } from '../../core/index.ts';

/** Knows of which sessions of this process something is not known to be recorded yet. */
export class SessionRecords implements RecordKeeper {
  readonly #store: RecordStore;
  readonly #awaited: () => ReadonlySet<string>;
  readonly #open = new Set<string>();
  /** Of sessions that several parts of may wait for: the newest wait, which ends last. */
  readonly #pending = new Map<string, Promise<boolean>>();
  readonly #lost = new Set<string>();

  /** @param awaited the names of the events whose records acknowledgements wait for now */
  constructor(store: RecordStore, awaited: () => ReadonlySet<string>) {
    this.#store = store;
    this.#awaited = awaited;
  }

  get trouble(): string | undefined {
    return this.#store.trouble;
  }

  /** An event on its way to the record. @param isTaken whether there was room for it */
  hear(event: ServerEvent, isTaken: boolean): void {
    if (!('session' in event)) return;
    if (event.event === 'session.closed') {
      this.#open.delete(event.session);
      this.#lost.delete(event.session);
    } else if (!this.#awaited().has(event.event)) return;
    else if (isTaken) this.#open.add(event.session);
    else this.#lost.add(event.session);
  }

  expect(session: string): void {
    this.#open.add(session);
  }

  recorded(session: string): Promise<boolean> | undefined {
    if (this.#lost.delete(session)) return Promise.resolve(false);
    if (!this.#open.delete(session)) return this.#pending.get(session);
    const recorded = this.#store.recorded();
    this.#pending.set(session, recorded);
    background(this.#forget(session, recorded), () => undefined);
    return recorded;
  }

  async #forget(session: string, recorded: Promise<boolean>): Promise<void> {
    await recorded;
    // Another part of the session may be about to ask what this has answered for it, too.
    await setImmediate();
    if (this.#pending.get(session) === recorded) this.#pending.delete(session);
  }
}
