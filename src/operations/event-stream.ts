import { type EventSink, type NewEvent, type Publish, publisher, type ServerEvent } from '../core/index.ts';

export type EventName = ServerEvent['event'];

interface Listener {
  readonly sink: EventSink;
  /** Undefined: all. */
  readonly names: ReadonlySet<EventName> | undefined;
}

/**
 * The events of a service, from whichever process they come, and those who listen to them. Each listener hears of all that
 * it has asked for, whatever becomes of the others.
 */
export class EventStream {
  readonly #listeners = new Set<Listener>();
  readonly publish: Publish = publisher(
    (event) => this.deliver(event),
    {},
    (name) => this.#isWanted(name),
  );

  /** @param names of the events that it wants; absent: of all */
  listen(sink: EventSink, names?: Iterable<EventName>): Disposable {
    const listener = { sink, names: names && new Set(names) };
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  /** The events that somebody listens to; undefined: all. */
  get wanted(): readonly EventName[] | undefined {
    const all = new Set<EventName>();
    for (const { names } of this.#listeners) {
      if (!names) return undefined;
      for (const name of names) all.add(name);
    }
    return [...all];
  }

  #isWanted(name: EventName): boolean {
    for (const { names } of this.#listeners) if (names?.has(name) !== false) return true;
    return false;
  }

  /** Takes an event that has its time and its number: one of another process. */
  deliver(event: ServerEvent): void {
    for (const listener of this.#listeners) {
      if (listener.names?.has(event.event) === false) continue;
      try {
        listener.sink(event);
      } catch (error) {
        this.#drop(listener, error);
      }
    }
  }

  /** Whoever fails once would fail at the warning of that too. */
  #drop(listener: Listener, error: unknown): void {
    this.#listeners.delete(listener);
    const warning: NewEvent = {
      event: 'warning',
      message: 'Something that listened to events failed, and hears of no more',
      ...(error instanceof Error && { error }),
    };
    this.publish(warning);
  }
}
