import type { AccountStore, Publish, Usage, VirtualPath } from '../../core/index.ts';
import type { CountedQuota } from '../../files/index.ts';
import { QUOTA_MARKS } from '../../operations/index.ts';
import { readable } from '../policy/accounts.ts';
import type { Told } from './told.ts';

export interface QuotaWatchParts {
  /** The quotas that are counted, because their accounts have been here since the start. */
  readonly counted: () => Iterable<CountedQuota>;
  /** Counts what lies in a home, by a walk. */
  readonly count: (home: VirtualPath) => Promise<Usage>;
  readonly accounts: Pick<AccountStore, 'names' | 'find'>;
  /** Whether what is told can't be recorded now. */
  readonly isHalted: () => boolean;
  readonly told: Told;
  readonly publish: Publish;
}

/** Tells once when what an account uses passes a mark of its quota, and again only once it was below. */
export class QuotaWatch {
  readonly #parts: QuotaWatchParts;

  constructor(parts: QuotaWatchParts) {
    this.#parts = parts;
  }

  /** Looks at numbers that are there anyway: nothing is counted, and no transfer is asked or held up. */
  look(): void {
    for (const quota of this.#parts.counted()) this.#compare(quota);
  }

  /**
   * Counts the homes of the accounts that nobody has used since the start, one after the other: a crash may have come between a
   * transfer and the next look, and programs of this machine may have put files there.
   */
  async lookAtOthers(signal: AbortSignal): Promise<void> {
    const { accounts, counted, count } = this.#parts;
    const usages = new Map<VirtualPath, Usage>();
    for (const name of await accounts.names()) {
      if (signal.aborted) return;
      const account = (await readable(accounts.find(name)))?.account;
      const { home, quota } = account ?? {};
      if (!home || !quota || (quota.bytes === undefined && quota.files === undefined)) continue;
      // A home that is not made yet, or a medium that fails, has nothing that could pass a mark.
      const used = usages.get(home) ?? (await count(home).catch(() => undefined));
      if (!used || signal.aborted) continue;
      usages.set(home, used);
      // What is counted by now says more.
      if (![...counted()].some((each) => each.name === name)) this.#compare({ name, home, quota, used });
    }
  }

  #compare({ name, home, quota, used }: CountedQuota): void {
    const { told, isHalted, publish } = this.#parts;
    if (isHalted()) return;
    const passed = QUOTA_MARKS.filter(
      (mark) => isAt(mark, used.bytes, quota.bytes) || isAt(mark, used.files, quota.files),
    );
    const highest = passed.at(-1) ?? 0;
    const before = told.quota(name);
    if (highest > before) {
      const marks = passed.filter((mark) => mark > before);
      const bounds = { maxBytes: quota.bytes, maxFiles: quota.files };
      publish({ event: 'quota.passed', account: name, home, percent: highest, marks, ...used, ...bounds });
    }
    told.setQuota(name, highest);
  }
}

/** An account that may store nothing has passed nothing. */
function isAt(mark: number, used: number, most: number | undefined): boolean {
  return most !== undefined && most > 0 && used * 100 >= mark * most;
}
