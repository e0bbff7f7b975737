import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { type Limits, printable, type ServerEvent } from '../../core/index.ts';
import { type EventName, recordedEvents, recordOf } from '../../operations/index.ts';
import type { AnswerStream } from './answer-streams.ts';
import type { ApiFailure } from './api-failure.ts';

/** Of whom events are shown; undefined: of all, and those of the server. */
export type SeenAccounts = ReadonlySet<string> | undefined;

export interface EventFeedParts {
  readonly limits: Pick<Limits, 'maxAdminStreamEvents' | 'adminHeartbeatMs'>;
  readonly listen: (sink: (event: ServerEvent) => void, names: readonly EventName[]) => Disposable;
  /** Asks anew who may see what; a failure ends the feed. */
  readonly check: () => Promise<SeenAccounts | ApiFailure>;
  readonly onEnd: () => void;
}

const NAMES: readonly EventName[] = [...recordedEvents(true), 'session.opened'];
/** Events of one part. */
const MAX_BATCH = 64;
/** Between two parts: who may see what is asked for each. */
const PAUSE_MS = 100;

/**
 * What happens, as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): as the audit trail
 * records it, without number and chain. A listener that is too slow loses the oldest, and is told how many. No event goes out
 * before whoever listens was checked anew.
 */
export class EventFeed implements AnswerStream {
  readonly #parts: EventFeedParts;
  readonly #listening: Disposable;
  readonly #came = new EventTarget();
  #waiting: ServerEvent[] = [];
  #lost = 0;
  #isBegun = false;
  #isOver = false;

  constructor(parts: EventFeedParts) {
    this.#parts = parts;
    this.#listening = parts.listen((event) => this.#hear(event), NAMES);
  }

  async next(signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined;
    if (!this.#isBegun) {
      this.#isBegun = true;
      return encode(': what happens from now on\n\n');
    }
    const beat = AbortSignal.timeout(this.#parts.limits.adminHeartbeatMs);
    // What others do goes by in silence: not even that something happens is told.
    for (;;) {
      await this.#wait(signal, beat);
      const seen = await this.#parts.check();
      if (seen && 'failed' in seen) {
        this.#isOver = true;
        return encode(frame('end', { code: seen.failed, detail: seen.message }));
      }
      const frames = this.#frames(seen);
      if (frames.length > 0) return encode(frames.join(''));
      if (beat.aborted) return encode(': nothing new\n\n');
    }
  }

  #frames(seen: SeenAccounts): readonly string[] {
    const lost = this.#lost;
    this.#lost = 0;
    const frames = this.#waiting.splice(0, MAX_BATCH).flatMap((event) => frameOf(event, seen));
    // How many events there are of others is theirs.
    return lost > 0 ? [frame('lost', seen ? {} : { events: lost }), ...frames] : frames;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#listening[Symbol.dispose]();
    this.#waiting = [];
    this.#parts.onEnd();
  }

  #hear(event: ServerEvent): void {
    if (this.#waiting.length >= this.#parts.limits.maxAdminStreamEvents) {
      this.#waiting.shift();
      this.#lost += 1;
    }
    this.#waiting.push(event);
    this.#came.dispatchEvent(new Event('came'));
  }

  /** Until something has come, or a proxy would take the connection for a dead one. */
  async #wait(signal: AbortSignal, beat: AbortSignal): Promise<void> {
    if (this.#waiting.length === 0) {
      await once(this.#came, 'came', { signal: AbortSignal.any([signal, beat]) }).catch(() => undefined);
      signal.throwIfAborted();
    }
    if (this.#waiting.length > 0) await setTimeout(PAUSE_MS, undefined, { signal });
  }
}

function frameOf(event: ServerEvent, seen: SeenAccounts): string[] {
  const record = event.event === 'session.opened' ? openedOf(event) : recordOf(event);
  if (!record) return [];
  if (seen && !(typeof record['account'] === 'string' && seen.has(record['account']))) return [];
  return [frame(event.event, { at: new Date(event.at).toISOString(), ...record })];
}

function openedOf({
  worker,
  session,
  protocol,
  address,
  port,
  mode,
}: Extract<ServerEvent, { event: 'session.opened' }>) {
  return { event: 'session.opened', worker, session, protocol, address, port, mode, account: undefined };
}

/** JSON has no line break, which would end a line of an event. */
function frame(name: string, data: object): string {
  return `event: ${printable(name)}\ndata: ${JSON.stringify(data)}\n\n`;
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
