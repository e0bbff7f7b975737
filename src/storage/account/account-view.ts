import { type Account, ROOT, type Storage } from '../../core/index.ts';
import { confined } from './confined.ts';
import { createQuotaLedger, type QuotaLedger } from './quota-ledger.ts';
import { withQuota } from './with-quota.ts';
import { withRights } from './with-rights.ts';

/**
 * A storage as an account may see it: its home as `/`, its quota, and outermost its rights, so that what is refused
 * changes no tally. Links are followed only where the same rights hold everywhere.
 *
 * @param ledger What all sessions of the account share. One that is made for this view alone, as happens without it,
 * does not hold against a second session.
 */
export function accountView(storage: Storage, account: Account, ledger?: QuotaLedger): Storage {
  const followLinks = account.rights.every((rule) => rule.path === ROOT);
  const home = confined(storage, account.home, { followLinks });
  return withRights(counted(home, account, ledger), account.rights);
}

function counted(home: Storage, { quota }: Account, ledger: QuotaLedger = createQuotaLedger()): Storage {
  if (quota.bytes === undefined && quota.files === undefined) return home;
  ledger.setQuota(quota);
  return withQuota(home, ledger);
}
