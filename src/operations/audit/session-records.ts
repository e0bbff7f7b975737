import type { RecordKeeper, RecordStore, ServerEvent } from '../../core/index.ts';

interface Wait {
  readonly ofStore: Promise<boolean>;
  /** Resolves once its outcome is noted, too. */
  readonly recorded: Promise<boolean>;
}

/** Knows of which sessions of this process something is not known to be recorded yet. */
export class SessionRecords implements RecordKeeper {
  readonly #store: RecordStore;
  readonly #awaited: () => ReadonlySet<string>;
  readonly #open = new Set<string>();
  /** Of sessions that several parts of may wait for: the newest wait, which ends last. */
  readonly #pending = new Map<string, Wait>();
  /**
   * Sessions of which something could not be recorded since their last command ended. Nobody knows for which part of the
   * command that was, so all of them are told.
   */
  readonly #failed = new Set<string>();

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
      this.#failed.delete(event.session);
    } else if (!this.#awaited().has(event.event)) return;
    else if (isTaken) this.#open.add(event.session);
    else this.#failed.add(event.session);
  }

  expect(session: string): void {
    this.#open.add(session);
  }

  recorded(session: string): Promise<boolean> | undefined {
    if (this.#failed.has(session)) return Promise.resolve(false);
    if (!this.#open.delete(session)) return this.#pending.get(session)?.recorded;
    const ofStore = this.#store.recorded();
    const recorded = this.#settled(session, ofStore);
    this.#pending.set(session, { ofStore, recorded });
    return recorded;
  }

  commandEnded(session: string): void {
    this.#failed.delete(session);
  }

  async #settled(session: string, ofStore: Promise<boolean>): Promise<boolean> {
    const isRecorded = await ofStore;
    if (!isRecorded) this.#failed.add(session);
    if (this.#pending.get(session)?.ofStore === ofStore) this.#pending.delete(session);
    return isRecorded;
  }
}
