import { once } from 'node:events';
import { background, type Files, type Limits, waitAtMost } from '../../core/index.ts';
import { pauseAfter, type RuleEvent } from '../../operations/index.ts';
import { type Action, ActionError } from './actions/index.ts';
import type { Undelivered } from './rule-state.ts';

/** Attempts that are remembered for operators. */
const MAX_RECENT = 50;
/** What still runs at the end gets so long, and once more after it was broken off. */
const END_MS = 3000;
/** A timer can't be longer. */
const MAX_TIMER_MS = 2_147_483_647;

/** An event with what is still to be done for it. */
export interface Waiting extends Undelivered {
  /** The number of its record; 0 or less where the journal has none, and then it can't be found there again. */
  readonly record: number;
  readonly event: RuleEvent;
}

/** One attempt, as operators see it. */
export interface RecentDelivery {
  readonly id: string;
  readonly event: string;
  readonly path?: string;
  readonly action: string;
  /** ISO 8601. */
  readonly at: string;
  readonly durationMs: number;
  readonly outcome: 'delivered' | 'failed' | 'dead';
  readonly detail: string;
  /** When it is tried again, ISO 8601. */
  readonly againAt?: string;
}

/** How many attempts came to each end. */
export type AttemptCounts = { readonly [outcome in RecentDelivery['outcome']]: number };

export interface DeliveriesParts {
  readonly actions: readonly Action[];
  readonly limits: Limits;
  /** The files of the account of an event. */
  readonly openFiles: (event: RuleEvent) => Promise<Files>;
  /** What is still to be done for an event has changed. */
  readonly onStep: (waiting: Waiting) => Promise<void>;
  /** All actions of an event were carried out. */
  readonly onDelivered: (waiting: Waiting) => Promise<void>;
  /** Resolves with whether its dead letter is on the disk. */
  readonly onDead: (waiting: Waiting, reason: string) => Promise<boolean>;
}

/** The events that a rule has still to act on, some of them at once. What fails waits for its next attempt beside the others. */
export class Deliveries implements AsyncDisposable {
  readonly #parts: DeliveriesParts;
  /** By the id of the event: a dead letter of an earlier journal may have the number of another record. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #running = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  readonly #room = new EventTarget();
  #recent: readonly RecentDelivery[] = [];
  #attempts: AttemptCounts = { delivered: 0, failed: 0, dead: 0 };
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(parts: DeliveriesParts) {
    this.#parts = parts;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** How many more may be added. */
  get room(): number {
    return Math.max(0, this.#parts.limits.maxUndeliveredEvents - this.#waiting.size);
  }

  /** Of records. What has none is kept as a dead letter, or is gone with this process. */
  get undelivered(): readonly Undelivered[] {
    const recorded = [...this.#waiting.values()].filter(({ record }) => record > 0);
    return recorded.map(({ record, step, attempts, since, dueAt, file }) => ({
      record,
      step,
      attempts,
      since,
      dueAt,
      // The record tells where it was before the first action.
      ...(file && step > 0 && { file }),
    }));
  }

  /** Since the start. */
  get attempts(): AttemptCounts {
    return this.#attempts;
  }

  /** When the oldest event that waits happened, in ms since 1970. */
  get oldestAt(): number | undefined {
    if (this.#waiting.size === 0) return undefined;
    return this.#waiting.values().reduce((oldest, { event }) => Math.min(oldest, Date.parse(event.at)), Infinity);
  }

  /** The latest first. */
  get recent(): readonly RecentDelivery[] {
    return this.#recent;
  }

  /** An event of a kind that waits, or is worked on. */
  ofKind(kind: RuleEvent['kind']): { readonly waiting: Waiting; readonly isRunning: boolean } | undefined {
    const waiting = this.#waiting.values().find(({ event }) => event.kind === kind);
    return waiting && { waiting, isRunning: this.#running.has(waiting.event.id) };
  }

  /** Takes out an event that is not worked on. */
  drop(waiting: Waiting): void {
    if (!this.#running.has(waiting.event.id)) this.#forget(waiting);
  }

  async untilRoom(signal: AbortSignal): Promise<void> {
    while (this.room === 0 && !signal.aborted) await once(this.#room, 'room', { signal }).catch(() => undefined);
  }

  /** One that waits already goes on as it is. */
  add(waiting: Waiting): void {
    if (this.#waiting.has(waiting.event.id)) return;
    this.#waiting.set(waiting.event.id, waiting);
    this.#begin();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnding = true;
    clearTimeout(this.#timer);
    await waitAtMost(Promise.all(this.#running.values()), END_MS);
    this.#stop.abort();
    await waitAtMost(Promise.all(this.#running.values()), END_MS);
  }

  /** Begins what is due, as much as may run at once, and looks again when the next one is due. */
  #begin(): void {
    clearTimeout(this.#timer);
    if (this.#isEnding) return;
    const now = Date.now();
    let next = Infinity;
    for (const waiting of this.#waiting.values()) {
      if (this.#running.size >= this.#parts.limits.maxRuleActionsAtOnce) return;
      if (this.#running.has(waiting.event.id)) continue;
      if (waiting.dueAt > now) next = Math.min(next, waiting.dueAt);
      else this.#run(waiting);
    }
    if (next === Infinity) return;
    this.#timer = setTimeout(() => this.#begin(), Math.min(next - now, MAX_TIMER_MS)).unref();
  }

  #run(waiting: Waiting): void {
    const run = this.#attempt(waiting).finally(() => {
      this.#running.delete(waiting.event.id);
      this.#begin();
    });
    this.#running.set(waiting.event.id, run);
    background(run, () => undefined);
  }

  async #attempt(waiting: Waiting): Promise<void> {
    const { event, step } = waiting;
    const action = this.#parts.actions[step];
    if (!action) {
      await this.#done(waiting);
      return;
    }
    const began = Date.now();
    try {
      const { detail, file, isOver } = await action.perform(eventNow(waiting), {
        signal: this.#stop.signal,
        file: waiting.file,
        openFiles: () => this.#parts.openFiles(event),
      });
      // What ends later than that is done again at the next start: its place may be another one's to keep by now.
      if (this.#stop.signal.aborted) return;
      this.#remember(waiting, action, { began, outcome: 'delivered', detail });
      if (isOver || step + 1 >= this.#parts.actions.length) {
        await this.#done(waiting);
        return;
      }
      const next = { step: step + 1, attempts: 0, since: Date.now(), dueAt: Date.now(), ...(file && { file }) };
      const further = { ...waiting, ...next };
      this.#waiting.set(event.id, further);
      await this.#parts.onStep(further);
    } catch (error) {
      // At the end it was broken off, and does not count.
      if (!this.#stop.signal.aborted) await this.#failed(waiting, action, { began, error });
    }
  }

  async #done(waiting: Waiting): Promise<void> {
    this.#forget(waiting);
    await this.#parts.onDelivered(waiting);
  }

  async #failed(
    before: Waiting,
    action: Action,
    { began, error }: { readonly began: number; readonly error: unknown },
  ): Promise<void> {
    const { limits, onStep, onDead } = this.#parts;
    const detail = error instanceof Error ? error.message : String(error);
    const { isFinal = false, retryAfterMs = 0 } = error instanceof ActionError ? error : {};
    const waiting = { ...before, attempts: before.attempts + 1 };
    const bounds = { firstMs: limits.ruleRetryMs, maxMs: limits.maxRuleRetryMs };
    const dueAt = Date.now() + pauseAfter(waiting.attempts, bounds, { atLeastMs: retryAfterMs });
    const isGivenUp = isFinal || dueAt - waiting.since > limits.ruleGiveUpMs;
    if (isGivenUp && (await onDead(waiting, detail))) {
      this.#remember(waiting, action, { began, outcome: 'dead', detail });
      this.#forget(waiting);
    } else {
      this.#remember(waiting, action, { began, outcome: 'failed', detail, againAt: new Date(dueAt).toISOString() });
      this.#waiting.set(waiting.event.id, { ...waiting, dueAt });
    }
    await onStep(waiting);
  }

  #forget({ event }: Waiting): void {
    this.#waiting.delete(event.id);
    this.#room.dispatchEvent(new Event('room'));
  }

  #remember(
    { event: { id, kind, path } }: Waiting,
    { kind: action }: Action,
    { began, ...facts }: Pick<RecentDelivery, 'outcome' | 'detail' | 'againAt'> & { readonly began: number },
  ): void {
    this.#attempts = { ...this.#attempts, [facts.outcome]: this.#attempts[facts.outcome] + 1 };
    const at = new Date(began).toISOString();
    const delivery = {
      id,
      event: kind,
      ...(path !== undefined && { path }),
      action,
      at,
      durationMs: Date.now() - began,
    };
    this.#recent = [{ ...delivery, ...facts }, ...this.#recent].slice(0, MAX_RECENT);
  }
}

/** The event for the next action: where an action before it has moved the file, with the place that it has now. */
function eventNow({ event, file }: Waiting): RuleEvent {
  if (!file || event.path === undefined || file.path === event.path) return event;
  return { ...event, path: file.path, from: event.path };
}
