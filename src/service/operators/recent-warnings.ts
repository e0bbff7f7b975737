import type { EventSink, ServerEvent } from '../../core/index.ts';

const MAX_KEPT = 20;
const MAX_CHARACTERS = 500;

export interface RecentWarning {
  /** When it was last given, in ISO 8601. */
  readonly at: string;
  readonly message: string;
  /** How often it was given. */
  readonly times: number;
}

/** The last different warnings of the service, for whoever was not looking when they came. */
export class RecentWarnings {
  readonly #kept = new Map<string, RecentWarning>();

  readonly hear: EventSink = (event: ServerEvent) => {
    if (event.event !== 'warning') return;
    const { error } = event;
    const message = `${event.message}${error ? `: ${error.message}` : ''}`.slice(0, MAX_CHARACTERS);
    const times = (this.#kept.get(message)?.times ?? 0) + 1;
    this.#kept.delete(message);
    this.#kept.set(message, { at: new Date(event.at).toISOString(), message, times });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT && oldest !== undefined) this.#kept.delete(oldest);
  };

  /** The newest first. */
  get list(): readonly RecentWarning[] {
    return [...this.#kept.values()].toReversed();
  }
}
