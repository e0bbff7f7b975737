import {
  type Account,
  type AccountRecord,
  type AccountStore,
  AccountStoreError,
  accountDocument,
  type Ban,
  type BanStore,
  isAccountName,
  readAccountDocument,
  type SessionNotice,
  whatIsTakenAway,
} from '../core/index.ts';

/** Accounts that this process alone has, for tests. Nothing of them outlives it. */
export function memoryAccounts(): AccountStore {
  const records = new Map<string, AccountRecord>();
  const notices: SessionNotice[] = [];

  function addNotice(account: string, ends: string | undefined): void {
    notices.push({ number: notices.length + 1, account, ends });
  }

  function known(name: string): AccountRecord {
    const record = records.get(name);
    if (record) return record;
    throw new AccountStoreError('no-such-account', `There is no account ${JSON.stringify(name)}`);
  }

  return {
    notices: {
      latest: async () => notices.length,
      after: async (number) => notices.slice(number),
      hasSince: async (account, number) => notices.slice(number).some((notice) => notice.account === account),
    },

    find: async (name) => copyOf(records.get(name)),

    async *list() {
      const names = [...records.keys()].toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
      for (const name of names) {
        const record = copyOf(records.get(name));
        if (record) yield record;
      }
    },

    names: async () => [...records.keys()],

    async add(account, passwordHash) {
      const { name } = account;
      if (!isAccountName(name)) {
        throw new AccountStoreError('invalid-account', `${JSON.stringify(name)} cannot be the name of an account`);
      }
      if (records.has(name)) throw new AccountStoreError('account-exists', `There is an account ${name} already`);
      const now = new Date();
      records.set(name, {
        account: stored(account),
        passwordHash,
        createdAt: now,
        updatedAt: now,
        passwordChangedAt: now,
      });
    },

    async update(name, changes, { keepSessions = false } = {}) {
      const record = known(name);
      const account = stored({ ...record.account, ...changes } as Account);
      records.set(name, { ...record, account, updatedAt: new Date() });
      if (keepSessions) return false;
      const ends = whatIsTakenAway(record.account, account);
      if (ends !== undefined || 'expires' in changes) addNotice(name, ends);
      return ends !== undefined;
    },

    async remove(name, { keepSessions = false } = {}) {
      known(name);
      records.delete(name);
      if (!keepSessions) addNotice(name, 'account removed');
    },

    async setPasswordHash(name, passwordHash, { keepSessions = false } = {}) {
      records.set(name, { ...known(name), passwordHash, passwordChangedAt: new Date() });
      if (!keepSessions) addNotice(name, 'password changed');
    },

    async recordLogin(name) {
      const record = records.get(name);
      if (record) records.set(name, { ...record, lastLoginAt: new Date() });
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

/** What would come back from a store that outlives the process. */
function stored(account: Account): Account {
  return readAccountDocument(account.name, accountDocument(account));
}

/** Nobody who reads a record can change what is stored. */
function copyOf(record: AccountRecord | undefined): AccountRecord | undefined {
  return structuredClone(record);
}
