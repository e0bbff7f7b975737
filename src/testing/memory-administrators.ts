import {
  AdministratorError,
  type AdministratorRecord,
  type AdministratorStore,
  type AdminToken,
  isAccountName,
  noSuchAdministrator,
  requireOwner,
  tooManyTokens,
} from '../core/index.ts';
import { byCodePoints } from './memory-groups.ts';

/** Administrators that this process alone knows, for tests. */
export function memoryAdministrators(): AdministratorStore {
  const administrators = new Map<string, AdministratorRecord>();
  const tokens = new Map<string, AdminToken>();

  function known(name: string): AdministratorRecord {
    const record = administrators.get(name);
    if (record) return record;
    throw noSuchAdministrator(name);
  }

  function others(name: string): AdministratorRecord[] {
    return [...administrators.values()].filter((each) => each.name !== name);
  }

  /** Changes one that may be gone. */
  function note(name: string, change: (record: AdministratorRecord) => AdministratorRecord): void {
    const record = administrators.get(name);
    if (record) administrators.set(name, change(record));
  }

  return {
    find: async (name) => structuredClone(administrators.get(name)),
    list: async () => structuredClone([...administrators.values()]).toSorted((a, b) => byCodePoints(a.name, b.name)),

    async add(administrator, passwordHash) {
      const { name } = administrator;
      if (!isAccountName(name)) throw new AdministratorError('invalid-administrator', `${name} is no name`);
      if (administrators.has(name)) throw new AdministratorError('administrator-exists', `${name} is there already`);
      const now = new Date();
      administrators.set(name, {
        ...administrator,
        passwordHash,
        earlierPasswordHashes: [],
        mustChangePassword: false,
        revision: 0,
        createdAt: now,
        passwordChangedAt: now,
      });
    },

    async update(name, changes) {
      const before = known(name);
      const after = changed({ ...before, ...changes });
      requireOwner([...administrators.values()], [...others(name), after]);
      administrators.set(name, after);
      return structuredClone({ before, after });
    },

    async remove(name) {
      const before = known(name);
      requireOwner([...administrators.values()], others(name));
      administrators.delete(name);
      for (const { id, administrator } of tokens.values()) if (administrator === name) tokens.delete(id);
      return structuredClone(before);
    },

    async setPasswordHash(name, passwordHash, { keepEarlier = 0, mustChange = false } = {}) {
      const { lockedUntil: _, ...record } = known(name);
      const hashes = [record.passwordHash, ...record.earlierPasswordHashes].filter((hash) => hash !== '');
      const earlier = { earlierPasswordHashes: hashes.slice(0, keepEarlier), mustChangePassword: mustChange };
      administrators.set(name, changed({ ...record, ...earlier, passwordHash, passwordChangedAt: new Date() }));
    },

    async setTotpSecret(name, secret) {
      const { totpSecret: _, totpStep: __, ...record } = known(name);
      administrators.set(name, changed({ ...record, ...(secret !== undefined && { totpSecret: secret }) }));
    },

    async recordTotpStep(name, step) {
      note(name, (record) => ({ ...record, totpStep: Math.max(step, record.totpStep ?? 0) }));
    },

    async recordLogin(name) {
      note(name, (record) => ({ ...record, lastLoginAt: new Date() }));
    },

    async setLock(name, until) {
      note(name, (locked) => {
        const { lockedUntil: _, ...record } = locked;
        return { ...record, ...(until && { lockedUntil: until }) };
      });
    },

    async addToken(token, most = Number.MAX_SAFE_INTEGER) {
      const { name } = known(token.administrator);
      const held = [...tokens.values()].filter(({ administrator }) => administrator === name);
      if (held.length >= most) throw tooManyTokens(name, most);
      tokens.set(token.id, token);
    },

    findToken: async (id) => structuredClone(tokens.get(id)),
    tokens: async (name) => [...tokens.values()].filter(({ administrator }) => administrator === name),

    async removeToken(id) {
      if (!tokens.delete(id)) throw new AdministratorError('no-such-token', `There is no token ${id}`);
    },

    async recordTokenUse(id) {
      const token = tokens.get(id);
      if (token) tokens.set(id, { ...token, lastUsedAt: new Date() });
    },
  };
}

function changed(record: AdministratorRecord): AdministratorRecord {
  return { ...record, revision: record.revision + 1 };
}
