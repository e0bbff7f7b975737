import type { ServerEvent } from '../../core/index.ts';

/** Addresses with a count of their own within a minute; all others share one. */
const MAX_ADDRESSES = 10_000;
/** Characters of one text, and texts of one list, that a line about a stranger holds. */
const MAX_TEXT_LENGTH = 256;
const MAX_LIST_LENGTH = 8;
const WINDOW_MS = 60_000;
const OTHERS = 'other addresses';

interface Count {
  lines: number;
  leftOut: number;
}

interface OpenSession {
  readonly address: string;
  /** Its first event, where that was left out: it is told once somebody has signed in. */
  opened: ServerEvent | undefined;
  isMember: boolean;
}

/**
 * Bounds what those who have not signed in can make a log grow by: so many lines a minute from one address, each of
 * bounded length; what is left out is counted, and told once a minute. Nothing that concerns an account is left out.
 */
export class StrangerLines {
  readonly #linesAMinute: number;
  readonly #tell: (message: string) => void;
  readonly #now: () => number;
  #counts = new Map<string, Count>();
  readonly #sessions = new Map<string, OpenSession>();
  #endsAt = 0;

  /**
   * @param tell takes what was left out, as a sentence
   * @param now a clock in ms that never jumps
   */
  constructor(linesAMinute: number, tell: (message: string) => void, now = () => performance.now()) {
    this.#linesAMinute = linesAMinute;
    this.#tell = tell;
    this.#now = now;
  }

  /** What is to be logged when this happens. @param isLogged whether the log's level has events of this kind at all */
  admit(event: ServerEvent, isLogged: boolean): readonly ServerEvent[] {
    if (!('session' in event)) return isLogged ? [event] : [];
    this.turnMinute();
    const session = this.#sessionOf(event);
    if (event.event === 'session.closed') this.#sessions.delete(event.session);
    const opened = event.account === undefined ? undefined : this.#signedIn(session);
    if (!isLogged) return opened ? [opened] : [];
    if (event.account !== undefined || session?.isMember) return opened ? [opened, event] : [event];
    const shown = clipped(event) as ServerEvent;
    if (this.#mayTell(session?.address ?? ('address' in event ? event.address : OTHERS))) return [shown];
    if (session && event.event === 'session.opened') session.opened = event;
    return [];
  }

  /** Tells what was left out in a minute that is over. */
  turnMinute(): void {
    if (this.#now() < this.#endsAt) return;
    const counts = this.#counts;
    this.#counts = new Map();
    this.#endsAt = this.#now() + WINDOW_MS;
    for (const [address, { leftOut }] of counts) {
      if (leftOut > 0) this.#tell(`Left out ${leftOut} more lines about ${address}, where nobody had signed in`);
    }
  }

  #sessionOf(event: Extract<ServerEvent, { readonly session: string }>): OpenSession | undefined {
    if (event.event === 'session.opened') {
      this.#sessions.set(event.session, { address: event.address, opened: undefined, isMember: false });
    }
    return this.#sessions.get(event.session);
  }

  /** Gives what is to be told of it now. */
  #signedIn(session: OpenSession | undefined): ServerEvent | undefined {
    if (session === undefined) return undefined;
    const { opened } = session;
    session.isMember = true;
    session.opened = undefined;
    return opened;
  }

  #mayTell(address: string): boolean {
    const key = this.#counts.has(address) || this.#counts.size < MAX_ADDRESSES ? address : OTHERS;
    const count = this.#counts.get(key) ?? { lines: 0, leftOut: 0 };
    this.#counts.set(key, count);
    if (count.lines < this.#linesAMinute) {
      count.lines += 1;
      return true;
    }
    // Told in its time, though nothing more may happen.
    if (count.leftOut === 0) setTimeout(() => this.turnMinute(), Math.max(0, this.#endsAt - this.#now())).unref();
    count.leftOut += 1;
    return false;
  }
}

function clipped(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAX_TEXT_LENGTH ? `${value.slice(0, MAX_TEXT_LENGTH)}…` : value;
  if (Array.isArray(value)) return value.slice(0, MAX_LIST_LENGTH).map(clipped);
  if (value === null || typeof value !== 'object' || value instanceof Error) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, clipped(each)]));
}
