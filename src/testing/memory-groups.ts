import { Buffer } from 'node:buffer';
import {
  type Account,
  type GroupSettings,
  type GroupStore,
  groupDocument,
  groupExists,
  groupInUse,
  ifReadable,
  noSuchGroup,
  readGroupDocument,
  whatIsTakenAway,
} from '../core/index.ts';

interface StoredGroup {
  readonly document: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type StoredGroups = Map<string, StoredGroup>;

/** The accounts beside the groups. */
interface AccountsBeside<Stored> {
  readonly inGroup: (group: string) => readonly (readonly [name: string, stored: Stored])[];
  readonly read: (name: string, stored: Stored) => Account;
  readonly addNotice: (account: string, ends: string) => void;
}

/** The groups of accounts that this process alone has. */
export function memoryGroups<Stored>(groups: StoredGroups, accounts: AccountsBeside<Stored>): GroupStore {
  const { inGroup, read, addNotice } = accounts;

  async function members(name: string): Promise<readonly string[]> {
    return inGroup(name)
      .map(([account]) => account)
      .toSorted(byCodePoints);
  }

  return {
    members,

    async find(name) {
      const stored = groups.get(name);
      if (!stored) return undefined;
      const { document, ...times } = stored;
      return { name, settings: readGroupDocument(name, document), ...structuredClone(times) };
    },

    names: async () => [...groups.keys()].toSorted(byCodePoints),

    async add(name, settings) {
      const document = groupDocument(name, settings);
      if (groups.has(name)) throw groupExists(name);
      const now = new Date();
      groups.set(name, { document, createdAt: now, updatedAt: now });
    },

    async update(name, changes, { keepSessions = false } = {}) {
      const stored = groups.get(name);
      if (!stored) throw noSuchGroup(name);
      const settings = { ...readGroupDocument(name, stored.document), ...changes } as GroupSettings;
      const document = groupDocument(name, settings);
      const before = inGroup(name).map(([account, each]) => ifReadable(() => read(account, each)));
      groups.set(name, { ...stored, document, updatedAt: new Date() });
      try {
        const ended = inGroup(name).flatMap(([account, each], index) => {
          const had = before[index];
          const ends = whatIsTakenAway(had, had ? read(account, each) : ifReadable(() => read(account, each)));
          return ends === undefined ? [] : [{ account, ends }];
        });
        if (keepSessions) return [];
        for (const { account, ends } of ended) addNotice(account, ends);
        return ended.map(({ account }) => account);
      } catch (error) {
        groups.set(name, stored);
        throw error;
      }
    },

    async remove(name) {
      const { length } = inGroup(name);
      if (length > 0) throw groupInUse(name, length);
      if (!groups.delete(name)) throw noSuchGroup(name);
    },
  };
}

export function documentsOf(groups: StoredGroups): (group: string) => string | undefined {
  return (group) => groups.get(group)?.document;
}

export function byCodePoints(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}
