import type { ServerEvent } from '../../core/index.ts';

/** Addresses with a count of their own within a minute; all others share one. */
const MAX_ADDRESSES = 10_000;
/** Characters of one text, and texts of one list, that a line about an unauthenticated client holds. */
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
  /** Its first event, where that was left out: it is logged once the session has signed in. */
  opened: ServerEvent | undefined;
  isMember: boolean;
}

/**
 * Bounds how fast unauthenticated clients can make a log grow: a number of lines a minute for each address, each of bounded
 * length. Further lines are counted, and the count is logged once a minute. Lines about an account are never left out.
 */
export class UnauthenticatedLogLimiter {
  readonly #linesAMinute: number;
  readonly #tell: (message: string) => void;
  readonly #now: () => number;
  #counts = new Map<string, Count>();
  readonly #sessions = new Map<string, OpenSession>();
  #endsAt = 0;

  /**
   * @param tell receives a sentence on the lines that were left out
   * @param now a clock in ms that never jumps
   */
  constructor(linesAMinute: number, tell: (message: string) => void, now = () => performance.now()) {
    this.#linesAMinute = linesAMinute;
    this.#tell = tell;
    this.#now = now;
  }

  /** The events to log for this one. @param isLogged whether the log's level includes events of this kind */
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

  /** Logs how many lines were left out in the minute that is over. */
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

  /** Gives the session's held-back first event. */
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
    // Logs the count on time even when no further event comes.
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
