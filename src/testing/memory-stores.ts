import {
  type AccountRecord,
  type AccountRevision,
  type AccountStore,
  accountDocument,
  accountExists,
  type Ban,
  type BanStore,
  changedAccount,
  checkedAccount,
  noSuchAccount,
  readAccount,
  readAccountDocument,
  readGroupDocument,
  type SessionNotice,
} from '../core/index.ts';
import { byCodePoints, documentsOf, memoryGroups, type StoredGroups } from './memory-groups.ts';

/** An account as it is kept: what it says itself is a document, so that nobody who reads a record can change it. */
interface StoredAccount extends Omit<AccountRecord, 'account' | 'own' | 'origins'> {
  readonly document: string;
  /** Hashes of earlier passwords, the newest first. */
  readonly earlier: readonly string[];
}

/** Accounts and groups that this process alone has, for tests. Nothing of them outlives it. */
export function memoryAccounts(): AccountStore {
  const accounts = new Map<string, StoredAccount>();
  const groups: StoredGroups = new Map();
  const notices: SessionNotice[] = [];
  const documentOf = documentsOf(groups);

  function addNotice(account: string, ends: string | undefined): void {
    notices.push({ number: notices.length + 1, account, ends });
  }

  function known(name: string): StoredAccount {
    const stored = accounts.get(name);
    if (stored) return stored;
    throw noSuchAccount(name);
  }

  function recordOf(name: string, account: StoredAccount): AccountRecord {
    const { document, earlier: _, ...stored } = account;
    return { ...readAccount(name, document, documentOf), ...structuredClone(stored) };
  }

  async function make(store: AccountStore, revision: AccountRevision): Promise<void> {
    switch (revision.change) {
      case 'group-added':
        return store.groups.add(revision.name, revision.settings);
      case 'group-changed':
        await store.groups.update(revision.name, revision.changes);
        return undefined;
      case 'group-removed':
        return store.groups.remove(revision.name);
      case 'account-added':
        return store.add(revision.account, revision.passwordHash, { mustChange: revision.mustChange ?? false });
      case 'account-changed':
        await store.update(revision.name, revision.changes);
        return undefined;
      case 'account-removed':
        return store.remove(revision.name);
      case 'password-set':
        return store.setPasswordHash(revision.name, revision.passwordHash, {
          keepEarlier: revision.keepEarlier,
          mustChange: revision.mustChange ?? false,
        });
    }
  }

  return {
    async revise(plan, { isTrial = false } = {}) {
      const before = { accounts: [...accounts], groups: [...groups], notices: notices.length };
      const revisions = plan({
        accounts: new Map(
          [...accounts].map(([name, { document, passwordHash }]) => [
            name,
            { own: readAccountDocument(name, document), passwordHash },
          ]),
        ),
        groups: new Map([...groups].map(([name, { document }]) => [name, readGroupDocument(name, document)])),
      });
      const restore = () => {
        accounts.clear();
        for (const [name, stored] of before.accounts) accounts.set(name, stored);
        groups.clear();
        for (const [name, stored] of before.groups) groups.set(name, stored);
        notices.length = before.notices;
      };
      try {
        for (const revision of revisions) await make(this, revision);
      } catch (error) {
        restore();
        throw error;
      }
      if (isTrial) restore();
      return revisions;
    },

    notices: {
      latest: async () => notices.length,
      after: async (number) => notices.slice(number),
      hasSince: async (account, number) => notices.slice(number).some((notice) => notice.account === account),
    },

    groups: memoryGroups(groups, {
      inGroup: (group) =>
        [...accounts].filter(([name, { document }]) => readAccountDocument(name, document).groups?.includes(group)),
      read: (name, { document }) => readAccount(name, document, documentOf).account,
      addNotice,
    }),

    async find(name) {
      const stored = accounts.get(name);
      return stored && recordOf(name, stored);
    },

    async findOwn(name) {
      const stored = accounts.get(name);
      return stored && readAccountDocument(name, stored.document);
    },

    preview: async (account) => checkedAccount(account, documentOf),

    async *list() {
      for (const [name, stored] of [...accounts].toSorted(([one], [other]) => byCodePoints(one, other)))
        yield recordOf(name, stored);
    },

    names: async () => [...accounts.keys()],

    async add(account, passwordHash, { mustChange = false } = {}) {
      const { name } = account;
      const document = accountDocument(account);
      checkedAccount(account, documentOf);
      if (accounts.has(name)) throw accountExists(name);
      const now = new Date();
      accounts.set(name, {
        document,
        passwordHash,
        earlier: [],
        createdAt: now,
        updatedAt: now,
        passwordChangedAt: now,
        mustChangePassword: mustChange,
      });
    },

    async update(name, changes, { keepSessions = false } = {}) {
      const stored = known(name);
      const { document, ends } = changedAccount(name, stored.document, changes, documentOf);
      accounts.set(name, { ...stored, document, updatedAt: new Date() });
      if (keepSessions) return false;
      if (ends !== undefined || 'expires' in changes) addNotice(name, ends);
      return ends !== undefined;
    },

    async remove(name, { keepSessions = false } = {}) {
      known(name);
      accounts.delete(name);
      if (!keepSessions) addNotice(name, 'account removed');
    },

    async setPasswordHash(name, passwordHash, { keepSessions = false, keepEarlier = 0, mustChange = false } = {}) {
      const { lockedUntil: _, ...stored } = known(name);
      const earlier = stored.passwordHash === '' ? stored.earlier : [stored.passwordHash, ...stored.earlier];
      accounts.set(name, {
        ...stored,
        passwordHash,
        earlier: earlier.slice(0, keepEarlier),
        passwordChangedAt: new Date(),
        mustChangePassword: mustChange,
      });
      if (!keepSessions) addNotice(name, 'password changed');
    },

    async setTotpSecret(name, secret, { keepSessions = false } = {}) {
      const { totpSecret: _, totpStep: __, ...stored } = known(name);
      accounts.set(name, { ...stored, ...(secret !== undefined && { totpSecret: secret }) });
      if (!keepSessions) addNotice(name, 'second factor changed');
    },

    async recordTotpStep(name, step) {
      const stored = accounts.get(name);
      if (stored) accounts.set(name, { ...stored, totpStep: Math.max(step, stored.totpStep ?? 0) });
    },

    async replacePasswordHash(name, from, to) {
      const stored = accounts.get(name);
      if (stored?.passwordHash === from) accounts.set(name, { ...stored, passwordHash: to });
    },

    async changeOwnPassword(name, from, to, keepEarlier) {
      const stored = accounts.get(name);
      if (stored?.passwordHash !== from) return false;
      const earlier = [from, ...stored.earlier].slice(0, keepEarlier);
      const passwordChangedAt = new Date();
      accounts.set(name, { ...stored, passwordHash: to, earlier, passwordChangedAt, mustChangePassword: false });
      return true;
    },

    earlierPasswordHashes: async (name) => accounts.get(name)?.earlier ?? [],

    async setLock(name, until) {
      const { lockedUntil: _, ...stored } = accounts.get(name) ?? {};
      if ('document' in stored) accounts.set(name, { ...stored, ...(until && { lockedUntil: until }) });
    },

    async recordLogin(name, tls) {
      const { lastLoginTls: _, ...stored } = accounts.get(name) ?? {};
      if ('document' in stored)
        accounts.set(name, { ...stored, lastLoginAt: new Date(), ...(tls && { lastLoginTls: tls }) });
    },
  };
}

/** Bans that this process alone knows, for tests. */
export function memoryBans(): BanStore {
  const bans = new Map<string, Ban>();
  return {
    load: async () => [...bans.values()].filter(({ until }) => until.getTime() > Date.now()),
    save: async (ban) => void bans.set(ban.network, ban),
    remove: async (network) => void bans.delete(network),
  };
}
