import { userInfo } from 'node:os';
import process from 'node:process';
import { type AccountRevision, type AccountStore, printable, type StoredAccounts } from '../../core/index.ts';
import { leaveNote } from './inbox.ts';

/** Who works on this machine: the user of this process and, of root alone, whoever sudo says became it. */
export function operatorName(): string {
  const user = printable(userName());
  const sudoUser = process.env['SUDO_USER'];
  // Any other user can set the variable to any name.
  return process.geteuid?.() === 0 && sudoUser ? `${user} (sudo: ${printable(sudoUser).slice(0, 100)})` : user;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user that the system has no name for.
    return String(process.getuid?.() ?? 'unknown');
  }
}

interface RecordedAccountsOptions {
  /** Who changes them. */
  readonly by: string;
  /** Throws for a change that may not be made, before it is. Default: every change may be. */
  readonly check?: ((revision: AccountRevision) => void) | undefined;
  /** Hears of a note that could not be left. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Has each change of accounts and groups recorded by the server, which may be another process. A change that was made stands,
 * whatever becomes of its note.
 */
export function recordedAccounts(
  accounts: AccountStore,
  auditDirectory: string,
  { by, check = () => undefined, onFailure }: RecordedAccountsOptions,
): AccountStore {
  async function note(
    event: 'account.changed' | 'group.changed',
    name: string,
    change: string,
    fields?: readonly string[],
  ): Promise<void> {
    const when = new Date().toISOString();
    const who = event === 'account.changed' ? { account: name } : { group: name };
    await leaveNote(auditDirectory, { event, when, by, ...who, change, ...(fields && { fields }) }).catch(onFailure);
  }
  async function noteRevision(revision: AccountRevision): Promise<void> {
    switch (revision.change) {
      case 'group-added':
        return note('group.changed', revision.name, 'added');
      case 'group-changed':
        return note('group.changed', revision.name, 'changed', Object.keys(revision.changes));
      case 'group-removed':
        return note('group.changed', revision.name, 'removed');
      case 'account-added':
        return note('account.changed', revision.account.name, 'added');
      case 'account-changed':
        return note('account.changed', revision.name, 'changed', Object.keys(revision.changes));
      case 'account-removed':
        return note('account.changed', revision.name, 'removed');
      case 'password-set':
        return note('account.changed', revision.name, 'password-set');
    }
  }
  const { groups } = accounts;
  return {
    notices: accounts.notices,
    groups: {
      find: (name) => groups.find(name),
      names: () => groups.names(),
      members: (name) => groups.members(name),
      async add(name, settings) {
        check({ change: 'group-added', name, settings });
        await groups.add(name, settings);
        await note('group.changed', name, 'added');
      },
      async update(name, changes, options) {
        check({ change: 'group-changed', name, changes });
        const ended = await groups.update(name, changes, options);
        await note('group.changed', name, 'changed', Object.keys(changes));
        return ended;
      },
      async remove(name) {
        await groups.remove(name);
        await note('group.changed', name, 'removed');
      },
    },
    find: (name) => accounts.find(name),
    findOwn: (name) => accounts.findOwn(name),
    preview: (account) => accounts.preview(account),
    list: () => accounts.list(),
    names: () => accounts.names(),
    earlierPasswordHashes: (name) => accounts.earlierPasswordHashes(name),
    replacePasswordHash: (name, from, to) => accounts.replacePasswordHash(name, from, to),
    recordLogin: (name, tls) => accounts.recordLogin(name, tls),
    async revise(plan, options) {
      const checked = (stored: StoredAccounts) => {
        const planned = plan(stored);
        planned.forEach(check);
        return planned;
      };
      const revisions = await accounts.revise(checked, options);
      if (!options?.isTrial) for (const revision of revisions) await noteRevision(revision);
      return revisions;
    },
    changeOwnPassword: (name, from, to, keepEarlier) => accounts.changeOwnPassword(name, from, to, keepEarlier),
    async add(account, passwordHash, options) {
      check({ change: 'account-added', account, passwordHash });
      await accounts.add(account, passwordHash, options);
      await note('account.changed', account.name, 'added');
    },
    async update(name, changes, options) {
      check({ change: 'account-changed', name, changes });
      const isTakenAway = await accounts.update(name, changes, options);
      await note('account.changed', name, 'changed', Object.keys(changes));
      return isTakenAway;
    },
    async remove(name, options) {
      await accounts.remove(name, options);
      await note('account.changed', name, 'removed');
    },
    async setPasswordHash(name, passwordHash, options) {
      await accounts.setPasswordHash(name, passwordHash, options);
      await note('account.changed', name, 'password-set');
    },
    async setLock(name, until) {
      await accounts.setLock(name, until);
      await note('account.changed', name, until ? 'locked' : 'unlocked');
    },
  };
}
