import { background, type Publish, ROOT, waitAtMost } from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import { confined, type QuotaCounters } from '../../files/index.ts';
import { EXPIRY_MARKS, type Journal } from '../../operations/index.ts';
import type { Configuration, ConfiguredRule } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import { expiringAccounts, expiringCertificates } from '../expiry/expiring.ts';
import type { Health } from '../monitoring/index.ts';
import { attentionToHealth, attentionToRule } from '../operators/attention.ts';
import type { Rules } from '../rules/index.ts';
import { StartError } from '../start-error.ts';
import type { NamedStorages } from '../storages.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import { QuotaWatch } from './quota-watch.ts';
import { type ScheduledRule, ScheduleWatch } from './schedule-watch.ts';
import { Told } from './told.ts';
import { TroubleWatch } from './trouble-watch.ts';

const TROUBLES_MS = 10_000;
const SCHEDULES_MS = 1000;
const QUOTAS_MS = 5000;
const KEEP_MS = 10_000;
const EXPIRIES_MS = 3_600_000;
const OTHER_HOMES_MS = 86_400_000;
/** What is still being looked at gets so long at the end. */
const END_MS = 3000;

export interface WatchParts {
  readonly journal: Journal;
  readonly database: Pick<Database, 'accounts'>;
  readonly storages: NamedStorages;
  readonly counters: Pick<QuotaCounters, 'counted'>;
  /** As it holds now. */
  readonly configuration: () => Pick<Configuration, 'dataDir' | 'rules' | 'passwords'>;
  /** The certificates in use, PEM. */
  readonly certificates: () => readonly string[];
  readonly health: Pick<Health, 'look'>;
  readonly rules: Pick<Rules, 'runners' | 'tellNow'> | undefined;
  readonly publish: Publish;
}

/**
 * Tells what no client does: that a quota is nearly used, that something expires. It looks now and then, in the process that
 * counts for all workers, so that each is told once. While the audit trail can't be written nothing is told, and nothing is
 * missed: the next look finds it.
 */
export class Watch implements AsyncDisposable {
  readonly #parts: WatchParts;
  /** Absent where the audit trail could not be written since the start. */
  #looks: Looks | undefined;
  #opening: Promise<Looks | undefined> | undefined;
  readonly #stop = new AbortController();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #running = new Map<string, Promise<void>>();
  readonly #failing = new Set<string>();

  private constructor(parts: WatchParts, looks: Looks | undefined) {
    this.#parts = parts;
    this.#looks = looks;
    const troubles = troubleWatch(parts);
    this.#timers = [
      every(TROUBLES_MS, () => background(troubles.look(), () => undefined)),
      every(SCHEDULES_MS, () => this.#looks?.schedules.look()),
      every(QUOTAS_MS, () => this.#looks?.quotas.look()),
      every(EXPIRIES_MS, () => this.#lookAtExpiries()),
      every(OTHER_HOMES_MS, () => this.#lookAtOtherHomes()),
      every(KEEP_MS, () => this.#keep()),
    ];
    this.reloaded();
  }

  /** @throws StartError where what was told can't be read */
  static async begin(parts: WatchParts): Promise<Watch> {
    const looks = await looksOf(parts).catch((error: unknown) => {
      if (error instanceof StartError) throw error;
      // A disk that takes nothing keeps nobody from serving: it is tried again, and told then.
      return undefined;
    });
    return new Watch(parts, looks);
  }

  /** Looks at once at what settings may have changed. */
  reloaded(): void {
    this.#looks?.schedules.reloaded();
    this.#lookAtExpiries();
    this.#lookAtOtherHomes();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#stop.abort();
    await waitAtMost(Promise.all(this.#running.values()), END_MS);
    await this.#looks?.told.keep().catch(() => undefined);
    this.#looks?.told[Symbol.dispose]();
  }

  #lookAtExpiries(): void {
    this.#begin('what expires', async ({ expiries }) => expiries.look(this.#stop.signal));
  }

  /** A walk through homes is worth its cost only where a rule waits for what it finds. */
  #lookAtOtherHomes(): void {
    if (!this.#parts.configuration().rules.some(({ when }) => when.includes('quota-passed'))) return;
    this.#begin('homes', async ({ quotas }) => quotas.lookAtOthers(this.#stop.signal));
  }

  #keep(): void {
    this.#begin('what was told', async ({ told }) => told.keep());
  }

  /** One of each at a time; what fails is told once, and tried again when it is due again. */
  #begin(what: string, work: (looks: Looks) => Promise<void>): void {
    if (this.#running.has(what) || this.#parts.journal.trouble !== undefined) return;
    const run = this.#look(work).then(
      () => void this.#failing.delete(what),
      (error: unknown) => this.#warn(what, error),
    );
    this.#running.set(
      what,
      run.finally(() => this.#running.delete(what)),
    );
    background(run, () => undefined);
  }

  async #look(work: (looks: Looks) => Promise<void>): Promise<void> {
    if (this.#looks) return work(this.#looks);
    this.#opening ??= looksOf(this.#parts).finally(() => {
      this.#opening = undefined;
    });
    this.#looks = await this.#opening;
    if (this.#looks) await work(this.#looks);
  }

  #warn(what: string, error: unknown): void {
    if (this.#failing.has(what) || this.#stop.signal.aborted) return;
    this.#failing.add(what);
    const message = `The server could not look at ${what}, or keep it, and tries again`;
    this.#parts.publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
  }
}

function troubleWatch({ health, rules, journal, publish }: WatchParts): TroubleWatch {
  return new TroubleWatch({
    attention: async () => [
      ...attentionToHealth(await health.look(), Date.now()),
      ...(rules?.runners ?? []).flatMap(({ view }) => attentionToRule(view)),
    ],
    recorded: () => journal.recorded(),
    tellNow: async (record) => rules?.tellNow(record),
    publish,
  });
}

interface Looks {
  readonly told: Told;
  readonly quotas: QuotaWatch;
  readonly expiries: ExpiryWatch;
  readonly schedules: ScheduleWatch;
}

/** Undefined where the audit trail can't be written now. @throws StartError where what was told can't be read */
async function looksOf(parts: WatchParts): Promise<Looks | undefined> {
  const { journal, counters, storages, database, configuration, certificates, publish } = parts;
  if (!(await journal.recorded())) return undefined;
  const { accounts } = database;
  const { told: file, audit: auditDirectory } = pathsIn(configuration().dataDir);
  const told = await Told.open({ file, auditDirectory, journal });
  const isHalted = () => journal.trouble !== undefined;
  const schedules = new ScheduleWatch({
    rules: () => configuration().rules.flatMap(scheduled),
    isHalted,
    told,
    publish,
    now: Date.now,
  });
  return {
    told,
    schedules,
    quotas: new QuotaWatch({
      counted: () => counters.counted(),
      count: async (home) => (await confined(storages.default, home).usage?.(ROOT)) ?? { bytes: 0, files: 0 },
      accounts,
      isHalted,
      told,
      publish,
    }),
    expiries: new ExpiryWatch({
      async *expiring() {
        yield* expiringCertificates(certificates());
        yield* expiringAccounts(accounts, () => configuration().passwords);
      },
      marks: () => [...EXPIRY_MARKS, ...configuration().rules.flatMap(({ daysBefore = [] }) => daysBefore)],
      isHalted,
      told,
      publish,
      now: Date.now,
    }),
  };
}

function scheduled({ name, at, timeZone = 'UTC', missed = 'once' }: ConfiguredRule): readonly ScheduledRule[] {
  return at === undefined ? [] : [{ name, at, timeZone, missed }];
}

function every(ms: number, work: () => void): NodeJS.Timeout {
  return setInterval(work, ms).unref();
}
