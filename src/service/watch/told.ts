import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { type AuditRecord, type Journal, readFrom, writeWhole } from '../../operations/index.ts';
import { StartError } from '../start-error.ts';
import { systemCode } from '../system-error.ts';

/** How near something was to its end when that was told last. */
export interface ToldExpiry {
  /** ISO 8601. Another end is told anew. */
  readonly until: string;
  /** The lowest mark that was told, in days. */
  readonly mark: number;
}

/** When a rule was due last, or began to wait. */
export interface ToldSchedule {
  /** Expression and time zone. Another schedule begins anew. */
  readonly schedule: string;
  /** In ms since 1970. */
  readonly last: number;
}

const mark = z.number();
const STATE = z.strictObject({
  journal: z.string(),
  /** The number of the last record that is taken into account. */
  through: z.number(),
  /** The highest mark that each account is above. */
  quotas: z.record(z.string(), mark),
  expiries: z.record(z.string(), z.strictObject({ until: z.string(), mark })),
  /** By the names of rules. */
  schedules: z.record(z.string(), z.strictObject({ schedule: z.string(), last: z.number() })),
});

/** Far more than a server with a million accounts has. */
const MAX_STATE_BYTES = 268_435_456;
/** A journal that grows by so much is not held back by a state in which nothing changes. */
const MAX_BEHIND = 10_000;

export interface ToldParts {
  readonly file: string;
  readonly journal: Journal;
  readonly auditDirectory: string;
}

/**
 * What was told already of what is told once. The audit trail is what counts: this is a copy in a file, which says up to which
 * record it goes. A start reads the records behind that one. So a crash at any moment has nothing told twice, and nothing
 * forgotten that was recorded.
 */
export class Told implements Disposable {
  readonly #parts: ToldParts;
  readonly #quotas: Map<string, number>;
  readonly #expiries: Map<string, ToldExpiry>;
  readonly #schedules: Map<string, ToldSchedule>;
  readonly #hold: Disposable;
  #keptThrough: number;
  #hasChanged = false;

  private constructor(parts: ToldParts, { through, quotas, expiries, schedules }: z.output<typeof STATE>) {
    this.#parts = parts;
    this.#quotas = new Map(Object.entries(quotas));
    this.#expiries = new Map(Object.entries(expiries));
    this.#schedules = new Map(Object.entries(schedules));
    this.#keptThrough = through;
    this.#hold = parts.journal.hold('what was told', () => this.#keptThrough + 1);
  }

  /** The journal must be one that can be written now. @throws StartError where the file can't be read; what the disk says */
  static async open(parts: ToldParts): Promise<Told> {
    const { file, journal } = parts;
    const found = (await read(file)) ?? (await begin(file, journal));
    // A journal that was begun anew, or that a crash of the machine has shortened.
    const isOfBefore = found.journal !== journal.id;
    const told = new Told(parts, { ...found, through: isOfBefore ? 0 : Math.min(found.through, journal.number) });
    await told.#readOn(journal.number);
    return told;
  }

  /** The highest mark of its quota that an account is above; 0: none. */
  quota(account: string): number {
    return this.#quotas.get(account) ?? 0;
  }

  setQuota(account: string, mark: number): void {
    if (mark === this.quota(account)) return;
    this.#hasChanged = true;
    if (mark === 0) this.#quotas.delete(account);
    else this.#quotas.set(account, mark);
  }

  expiry(key: string): ToldExpiry | undefined {
    return this.#expiries.get(key);
  }

  setExpiry(key: string, told: ToldExpiry): void {
    this.#expiries.set(key, told);
    this.#hasChanged = true;
  }

  schedule(rule: string): ToldSchedule | undefined {
    return this.#schedules.get(rule);
  }

  setSchedule(rule: string, told: ToldSchedule): void {
    this.#schedules.set(rule, told);
    this.#hasChanged = true;
  }

  /** Forgets what is no more. */
  keepExpiries(keys: ReadonlySet<string>): void {
    this.#keepOnly(this.#expiries, keys);
  }

  keepSchedules(rules: ReadonlySet<string>): void {
    this.#keepOnly(this.#schedules, rules);
  }

  /** Writes it down where it has changed. @throws what the disk says */
  async keep(): Promise<void> {
    const { journal, file } = this.#parts;
    const through = journal.number;
    if (!this.#hasChanged && through - this.#keptThrough < MAX_BEHIND) return;
    const state = JSON.stringify({
      journal: journal.id,
      through,
      quotas: Object.fromEntries(this.#quotas),
      expiries: Object.fromEntries(this.#expiries),
      schedules: Object.fromEntries(this.#schedules),
    });
    this.#hasChanged = false;
    try {
      // What a crash could still take must not count as told.
      if (!(await journal.recordedThrough(through))) throw new Error('The audit trail is not written');
      await writeWhole(file, state);
      this.#keptThrough = through;
    } catch (error) {
      this.#hasChanged = true;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#hold[Symbol.dispose]();
  }

  #keepOnly(told: Map<string, unknown>, keys: ReadonlySet<string>): void {
    for (const key of told.keys()) {
      if (keys.has(key)) continue;
      told.delete(key);
      this.#hasChanged = true;
    }
  }

  async #readOn(last: number): Promise<void> {
    const first = this.#keptThrough + 1;
    if (first > last) return;
    const { auditDirectory } = this.#parts;
    const stop = new AbortController();
    const following = { signal: stop.signal, wanted: WANTED, newest: () => last };
    for await (const record of readFrom(auditDirectory, first, following)) {
      this.#take(record);
      if (record.n >= last) break;
    }
  }

  #take(record: AuditRecord): void {
    const { event, account, fingerprint, until, rule, due, schedule } = record;
    const marks = Array.isArray(record['marks']) ? record['marks'].filter((mark) => typeof mark === 'number') : [];
    const key = expiryKey(event, account ?? fingerprint);
    if (event === 'quota.passed' && typeof account === 'string') this.setQuota(account, Math.max(0, ...marks));
    if (key !== undefined && typeof until === 'string') this.setExpiry(key, { until, mark: Math.min(...marks) });
    if (typeof rule === 'string' && typeof due === 'string' && typeof schedule === 'string')
      this.setSchedule(rule, { schedule, last: Date.parse(due) });
  }
}

const EXPIRIES: Readonly<Record<string, string>> = {
  'account.expires': 'account',
  'password.expires': 'password',
  'certificate.expires': 'certificate',
};
const WANTED: ReadonlySet<string> = new Set(['quota.passed', 'schedule.due', ...Object.keys(EXPIRIES)]);

/** What expires, by the name of its event, and the name of the account or the fingerprint. */
export function expiryKey(event: string, of: unknown): string | undefined {
  const what = EXPIRIES[event];
  return what !== undefined && typeof of === 'string' ? `${what} ${of}` : undefined;
}

/** Written down at once: a crash before anything else is kept must find where to go on, too. */
async function begin(file: string, { id, number }: Journal): Promise<z.output<typeof STATE>> {
  const state = { journal: id, through: number, quotas: {}, expiries: {}, schedules: {} };
  await writeWhole(file, JSON.stringify(state));
  return state;
}

async function read(file: string): Promise<z.output<typeof STATE> | undefined> {
  try {
    if ((await stat(file)).size > MAX_STATE_BYTES) throw new Error('it is too long');
    return STATE.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return undefined;
    const message = `What was told of quotas, expiries and schedules can't be read from ${file}: move that file away to have all of it told once more`;
    throw new StartError(message, { cause });
  }
}
