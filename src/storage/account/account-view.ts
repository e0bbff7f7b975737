import { type Account, ROOT, type Storage } from '../../core/index.ts';
import { confined } from './confined.ts';
import { type Holder, isBounded, type QuotaBook } from './quota-book.ts';
import { QuotaBooks } from './quota-books.ts';
import { withQuota } from './with-quota.ts';
import { withRights } from './with-rights.ts';

/**
 * A storage as an account may see it: its home as `/`, its quota, and outermost its rights, so that what is refused
 * changes no tally. Links are followed only where the same rights hold everywhere.
 *
 * @param books what all sessions of all accounts of the storage share: a `QuotaBooks`. Those that are made for this view
 * alone, as happens without them, do not hold against a second session.
 */
export function accountView(storage: Storage, account: Account, books?: SharedBooks): Storage {
  const followLinks = account.rights.every((rule) => rule.path === ROOT);
  const home = confined(storage, account.home, { followLinks });
  return withRights(counted(storage, home, account, books), account.rights);
}

interface SharedBooks {
  of(holder: Holder): QuotaBook;
}

function counted(storage: Storage, home: Storage, account: Account, books: SharedBooks | undefined): Storage {
  if (books === undefined && !isBounded(account.quota)) return home;
  return withQuota(home, (books ?? new QuotaBooks(storage)).of(account), account.quota);
}
