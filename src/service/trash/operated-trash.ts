import type { Database } from '../../database/index.ts';
import { requestRecount } from '../recount.ts';
import type { NamedStorages } from '../storages.ts';
import { AccountHolds } from './account-holds.ts';
import { AccountTrash } from './account-trash.ts';

/** What operators see and change of files that are kept, and of holds. */
export interface OperatedTrash {
  readonly trash: Pick<AccountTrash, 'of'>;
  /** Undefined: nobody has that name. */
  readonly holdsOf: (account: string) => Promise<AccountHolds | undefined>;
}

export function operatedTrash({ accounts, meta }: Database, storages: NamedStorages): OperatedTrash {
  return {
    trash: new AccountTrash({ accounts, storages, recount: (home) => requestRecount(meta, home) }),
    async holdsOf(name) {
      const record = await accounts.find(name);
      return record && new AccountHolds(record.account, storages);
    },
  };
}
