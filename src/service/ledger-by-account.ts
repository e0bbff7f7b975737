import type { Account } from '../core/index.ts';
import { createQuotaLedger, type QuotaLedger } from '../storage/index.ts';

/** One ledger for all sessions of an account, so that its quota holds for them together. */
export class LedgerByAccount {
  readonly #ledgers = new Map<string, QuotaLedger>();

  /** An account that was given another home begins a new one. */
  of({ name, home }: Account): QuotaLedger {
    const key = `${name} ${home}`;
    const ledger = this.#ledgers.get(key) ?? createQuotaLedger();
    this.#ledgers.set(key, ledger);
    return ledger;
  }
}
