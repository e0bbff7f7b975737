import { type AccountRevision, readAccountDocument, type StoredAccount, type StoredAccounts } from '../core/index.ts';
import type { AccountWrites } from './account-writes.ts';
import type { DatabaseSync } from './sqlite.ts';
import { transaction } from './transaction.ts';

/** As `AccountStore.revise`. It throws where somebody else holds a lock. */
export function revise(
  database: DatabaseSync,
  writes: AccountWrites,
  plan: (stored: StoredAccounts) => readonly AccountRevision[],
  { isTrial = false }: { readonly isTrial?: boolean },
): readonly AccountRevision[] {
  let revisions: readonly AccountRevision[] = [];
  try {
    transaction(database, () => {
      revisions = plan({ accounts: accountsIn(database), groups: writes.groups.settingsNow() });
      for (const revision of revisions) make(writes, revision);
      if (isTrial) throw TRIAL;
    });
  } catch (error) {
    if (error !== TRIAL) throw error;
  }
  return revisions;
}

/** Rolls a trial back. */
const TRIAL = new Error('a trial');

function make(writes: AccountWrites, revision: AccountRevision): void {
  switch (revision.change) {
    case 'group-added':
      return writes.groups.addNow(revision.name, revision.settings);
    case 'group-changed':
      writes.groups.updateNow(revision.name, revision.changes);
      return;
    case 'group-removed':
      return writes.groups.removeNow(revision.name);
    case 'account-added':
      return writes.add(revision.account, revision.passwordHash, { mustChange: revision.mustChange ?? false });
    case 'account-changed':
      writes.update(revision.name, revision.changes);
      return;
    case 'account-removed':
      return writes.remove(revision.name);
    case 'password-set':
      return writes.setPasswordHash(revision.name, revision.passwordHash, {
        keepEarlier: revision.keepEarlier,
        mustChange: revision.mustChange ?? false,
      });
  }
}

function accountsIn(database: DatabaseSync): ReadonlyMap<string, StoredAccount> {
  const rows = database.prepare('SELECT name, settings, password_hash FROM accounts ORDER BY name').all();
  return new Map(
    rows.map(({ name, settings, password_hash: hash }) => [
      String(name),
      { own: readAccountDocument(String(name), String(settings)), passwordHash: String(hash) },
    ]),
  );
}
