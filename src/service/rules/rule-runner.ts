import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { background } from '../../core/index.ts';
import {
  type AuditRecord,
  eventFileOf,
  fitsRule,
  hasOwnId,
  type RuleEvent,
  readFrom,
  recordsOf,
  ruleEventOf,
} from '../../operations/index.ts';
import { type DeadLetter, DeadLetters } from './dead-letters.ts';
import { Deliveries, type Waiting } from './deliveries.ts';
import { RecentIds } from './recent-ids.ts';
import type { RuleRunnerParts } from './rule-parts.ts';
import { RuleStateFile } from './rule-state.ts';
import type { RuleView } from './rule-view.ts';
import { anew, firstNeeded, firstTry, waitingOf } from './waiting-events.ts';

/** After a failure of the disk or the database. */
const AGAIN_MS = 1000;
/** A rule that acts later looks so often at what is to come. */
const MAX_PAUSE_MS = 60_000;
/** How far a rule that has nothing to do has come is kept so often. */
const KEEP_MS = 10_000;

/**
 * One rule: it follows the journal, and carries out its actions for each event that fits, at least once. What it has still to
 * do is kept in a file, and the journal keeps the records. Events are worked on in their order, several at once; one that fails
 * does not hold up those behind it.
 */
export class RuleRunner implements AsyncDisposable {
  readonly #parts: RuleRunnerParts;
  readonly #state: RuleStateFile;
  readonly #dead: DeadLetters;
  readonly #deliveries: Deliveries;
  readonly #stop = new AbortController();
  readonly #hold: Disposable;
  readonly #timer: NodeJS.Timeout;
  readonly #following: Promise<void>;
  /** The number of the next record to look at. */
  #next: number;
  #delivered: number;
  /** Of events that may come from memory and by their records. */
  readonly #ids = new RecentIds();
  #toldNow = 0;
  #isWarned = false;

  private constructor(parts: RuleRunnerParts, state: RuleStateFile, dead: DeadLetters, waiting: readonly Waiting[]) {
    this.#parts = parts;
    this.#state = state;
    this.#dead = dead;
    const { saved } = state;
    this.#next = saved.next;
    this.#delivered = saved.delivered;
    const { rule, journal, limits, openFiles } = parts;
    this.#deliveries = new Deliveries({
      actions: rule.actions,
      limits,
      openFiles: (event) => openFiles(event, rule.name),
      onStep: (waiting) => this.#keepStep(waiting),
      onDelivered: (waiting) => this.#keepDelivered(waiting),
      onDead: (waiting, reason) => this.#bury(waiting, reason),
    });
    for (const each of [...dead.retried.map(anew), ...waiting]) this.#deliveries.add(each);
    this.#hold = journal.hold(`rule ${rule.name}`, () => firstNeeded(state.saved));
    this.#timer = setInterval(() => this.#keepProgress(), KEEP_MS).unref();
    this.#following = this.#follow();
    background(this.#following, () => undefined);
  }

  /** @throws StartError where its files can't be read */
  static async start(parts: RuleRunnerParts): Promise<RuleRunner> {
    const { rule, directory, journal, limits, publish } = parts;
    const begun = { journal: journal.id, next: journal.number + 1, undelivered: [], delivered: 0 };
    const state = await RuleStateFile.open(path.join(directory, `${rule.name}.json`), begun);
    const dead = await DeadLetters.open(path.join(directory, `${rule.name}.dead.jsonl`), limits.maxDeadLetters);
    const { saved } = state;
    if (saved.journal !== journal.id) {
      const message = `The audit trail was begun anew: the rule ${rule.name} goes on with its first record`;
      publish({ event: 'warning', message });
      await state.save({ ...saved, journal: journal.id, next: 1, undelivered: [] });
    } else if (saved.next > journal.number + 1) {
      // A crash of the machine took records that the rule had passed.
      await state.save({ ...saved, next: journal.number + 1 });
    }
    return new RuleRunner(parts, state, dead, await waitingOf(parts, state.saved));
  }

  get view(): RuleView {
    const { rule, journal } = this.#parts;
    return {
      name: rule.name,
      when: rule.when,
      ...(rule.after !== undefined && { after: rule.after }),
      actions: rule.actions.map(({ kind }) => kind),
      delivered: this.#delivered,
      undelivered: this.#deliveries.size,
      deadLetters: this.#dead.waiting.length,
      behind: Math.max(0, journal.number + 1 - this.#next),
      attempts: this.#deliveries.attempts,
      oldestSeconds: Math.max(0, (Date.now() - (this.#deliveries.oldestAt ?? Date.now())) / 1000),
      recent: this.#deliveries.recent,
    };
  }

  /** Those that are not tried again now. */
  get deadLetters(): readonly DeadLetter[] {
    return this.#dead.waiting;
  }

  /** Tries dead letters again, as many as there is room for. Gives how many. */
  async retryDead(isMeant: (id: string) => boolean): Promise<number> {
    const all = this.#dead.waiting.filter(({ event }) => isMeant(event.id));
    const meant = this.#withOneRun(all).slice(0, this.#deliveries.room);
    await this.#dead.retry(new Set(meant.map(({ event }) => event.id)));
    for (const each of meant) this.#deliveries.add(anew(each));
    return meant.length;
  }

  /** Acts from memory on a record that can't be written now. Once it is written after all, it is passed over. */
  async tellNow(record: AuditRecord): Promise<void> {
    const event = await this.#eventOf(record);
    if (!event || !this.#ids.isNew(event.id)) return;
    this.#toldNow += 1;
    if (this.#deliveries.room === 0) this.#warn(`has no room for the event ${event.id}, which is dropped`);
    // Below 0, and another one in each process: no record has such a number.
    else this.#deliveries.add(firstTry(-(Date.now() * 1000 + this.#toldNow), event));
  }

  /** Carries the actions out once more for records of the past that fit. Gives how many, or undefined where there is no room. */
  async replay(records: AsyncIterable<AuditRecord>): Promise<number | undefined> {
    const found: Waiting[] = [];
    for await (const record of records) {
      const event = this.#notYetMs(record) > 0 ? undefined : await this.#eventOf(record);
      if (event) found.push(firstTry(record.n, event, eventFileOf(record, event)));
      if (found.length > this.#deliveries.room) return undefined;
    }
    const meant = this.#withOneRun(found);
    for (const each of meant) this.#deliveries.add(each);
    await this.#keep();
    return meant.length;
  }

  /** Of the runs of a schedule the last one, where none is under way. */
  #withOneRun<Each extends { readonly event: RuleEvent }>(all: readonly Each[]): readonly Each[] {
    const last = this.#deliveries.ofKind('schedule')
      ? undefined
      : all.findLast(({ event }) => event.kind === 'schedule');
    return all.filter((each) => each.event.kind !== 'schedule' || each === last);
  }

  /** Lets actions that run come to their end for a moment; what is then not done is done at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    clearInterval(this.#timer);
    await this.#following;
    await this.#deliveries[Symbol.asyncDispose]();
    await this.#keep();
    this.#hold[Symbol.dispose]();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    const { journal, auditDirectory, rule } = this.#parts;
    const wanted = recordsOf(rule.when);
    const newest = () => journal.number;
    while (!signal.aborted) {
      let pauseMs = AGAIN_MS;
      try {
        for await (const record of readFrom(auditDirectory, this.#next, { signal, wanted, newest })) {
          const notYetMs = this.#notYetMs(record);
          if (notYetMs > 0) pauseMs = Math.min(notYetMs, MAX_PAUSE_MS);
          if (notYetMs > 0 || !(await this.#take(record))) break;
          this.#next = record.n + 1;
        }
      } catch (error) {
        if (!this.#isWarned) this.#warn('can not look at what happens, and tries again', error);
        this.#isWarned = true;
      }
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** How long it is before the rule acts on a record: that waits where it stands, in the journal, and costs no memory. */
  #notYetMs({ at }: AuditRecord): number {
    return Date.parse(at) + (this.#parts.rule.after ?? 0) - Date.now();
  }

  /** Resolves with false where the record is to be looked at later. */
  async #take(record: AuditRecord): Promise<boolean> {
    const event = await this.#eventOf(record);
    if (!event) return true;
    const { signal } = this.#stop;
    await this.#deliveries.untilRoom(signal);
    // A record that a crash of the machine could still take is told to nobody: another one would get its number.
    if (signal.aborted || !(await this.#parts.journal.recordedThrough(record.n))) return false;
    if (hasOwnId(event.kind) && !this.#ids.isNew(event.id)) return true;
    if (event.kind === 'schedule' && !(await this.#makeWay(event))) return true;
    this.#deliveries.add(firstTry(record.n, event, eventFileOf(record, event)));
    return true;
  }

  /**
   * Runs of a schedule do not pile up: one that still runs has the next one left out, and one that failed and waits to be tried
   * again is given up for the next one.
   */
  async #makeWay({ due = '' }: RuleEvent): Promise<boolean> {
    const before = this.#deliveries.ofKind('schedule');
    if (!before) return true;
    const { waiting, isRunning } = before;
    if (isRunning || !(await this.#bury(waiting, 'its next time has come'))) {
      this.#warn(`still works on ${waiting.event.due ?? waiting.event.at}, and leaves out ${due}`);
      return false;
    }
    this.#deliveries.drop(waiting);
    return true;
  }

  async #eventOf(record: AuditRecord): Promise<RuleEvent | undefined> {
    const { rule, journal, isTemporary, groupsOf } = this.#parts;
    const event = ruleEventOf(record, rule.when, { journal: journal.id, isTemporary });
    return event && (await fitsRule(rule, event, groupsOf)) ? event : undefined;
  }

  async #bury({ record, event, file, step, attempts }: Waiting, reason: string): Promise<boolean> {
    const { rule } = this.#parts;
    const letter = {
      record: this.#dead.find(event.id)?.record ?? record,
      event,
      file,
      step,
      attempts,
      diedAt: new Date().toISOString(),
      reason,
    };
    try {
      const dropped = await this.#dead.add(letter);
      if (dropped > 0) this.#warn(`has too many dead letters, and dropped ${dropped}`);
    } catch (error) {
      this.#warn(`can not keep the dead letter of the event ${event.id}, and tries the event again`, error);
      return false;
    }
    this.#warn(`gave up the event ${event.id} after ${attempts} attempts ("lockport rules list ${rule.name}")`, reason);
    return true;
  }

  async #keepStep({ event, step, file }: Waiting): Promise<void> {
    if (this.#dead.find(event.id)) await this.#dead.advance(event.id, { step, file }).catch(this.#notKept);
    await this.#keep();
  }

  async #keepDelivered({ event }: Waiting): Promise<void> {
    this.#delivered += 1;
    if (this.#dead.find(event.id)) await this.#dead.remove(event.id).catch(this.#notKept);
    await this.#keep();
  }

  async #keep(): Promise<void> {
    const { journal } = this.#parts;
    const state = {
      journal: journal.id,
      next: this.#next,
      undelivered: this.#deliveries.undelivered,
      delivered: this.#delivered,
    };
    try {
      await this.#state.save(state);
      this.#isWarned = false;
    } catch (error) {
      this.#notKept(error);
    }
  }

  readonly #notKept = (error: unknown): void => {
    if (!this.#isWarned) this.#warn('can not keep how far it is, and may repeat events', error);
    this.#isWarned = true;
  };

  #keepProgress(): void {
    if (this.#state.saved.next !== this.#next) background(this.#keep(), () => undefined);
  }

  #warn(what: string, why?: unknown): void {
    const cause = why === undefined ? '' : `: ${messageOf(why)}`;
    this.#parts.publish({ event: 'warning', message: `The rule ${this.#parts.rule.name} ${what}${cause}` });
  }
}

function messageOf(why: unknown): string {
  if (why instanceof Error) return why.message;
  return typeof why === 'string' ? why : 'for an unknown reason';
}
