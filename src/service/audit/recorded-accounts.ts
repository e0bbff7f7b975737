import { userInfo } from 'node:os';
import process from 'node:process';
import {
  type AccountRevision,
  type AccountStore,
  AccountStoreError,
  type OwnSettings,
  printable,
  type StoredAccounts,
} from '../../core/index.ts';
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
  async function note(event: 'account.changed' | 'group.changed', name: string, change: Change): Promise<void> {
    const when = new Date().toISOString();
    const who = event === 'account.changed' ? { account: name } : { group: name };
    await leaveNote(auditDirectory, { event, when, by, ...who, ...change }).catch(onFailure);
  }

  /** @param said what accounts and groups said before the first revision; it follows what they make of that */
  async function noteRevision(revision: AccountRevision, said: Map<string, OwnSettings>): Promise<void> {
    const [event, name] = subjectOf(revision);
    const key = `${event} ${name}`;
    const before = said.get(key);
    const after = settingsAfter(revision, before);
    if (after) said.set(key, after);
    else said.delete(key);
    await note(event, name, changeOf(revision, before, after));
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
        await note('group.changed', name, { change: 'added', after: settings });
      },
      async update(name, changes, options) {
        check({ change: 'group-changed', name, changes });
        const before = await said(groups.find(name).then((group) => group?.settings));
        const ended = await groups.update(name, changes, options);
        await note('group.changed', name, changed(before, changes));
        return ended;
      },
      async remove(name) {
        const before = await said(groups.find(name).then((group) => group?.settings));
        await groups.remove(name);
        await note('group.changed', name, { change: 'removed', before });
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
      let before = new Map<string, OwnSettings>();
      const checked = (stored: StoredAccounts) => {
        before = saidIn(stored);
        const planned = plan(stored);
        planned.forEach(check);
        return planned;
      };
      const revisions = await accounts.revise(checked, options);
      if (!options?.isTrial) for (const revision of revisions) await noteRevision(revision, before);
      return revisions;
    },
    changeOwnPassword: (name, from, to, keepEarlier) => accounts.changeOwnPassword(name, from, to, keepEarlier),
    async add(account, passwordHash, options) {
      check({ change: 'account-added', account, passwordHash });
      await accounts.add(account, passwordHash, options);
      const { name, ...after } = account;
      await note('account.changed', name, { change: 'added', after });
    },
    async update(name, changes, options) {
      check({ change: 'account-changed', name, changes });
      const before = await said(accounts.findOwn(name));
      const isTakenAway = await accounts.update(name, changes, options);
      await note('account.changed', name, changed(before, changes));
      return isTakenAway;
    },
    async remove(name, options) {
      const before = await said(accounts.findOwn(name));
      await accounts.remove(name, options);
      await note('account.changed', name, { change: 'removed', before });
    },
    async setPasswordHash(name, passwordHash, options) {
      await accounts.setPasswordHash(name, passwordHash, options);
      await note('account.changed', name, { change: 'password-set' });
    },
    async setTotpSecret(name, secret, options) {
      await accounts.setTotpSecret(name, secret, options);
      await note('account.changed', name, { change: secret === undefined ? 'totp-removed' : 'totp-set' });
    },
    recordTotpStep: (name, step) => accounts.recordTotpStep(name, step),
    async setLock(name, until) {
      await accounts.setLock(name, until);
      await note('account.changed', name, { change: until ? 'locked' : 'unlocked' });
    },
  };
}

/** What is recorded of a change: what the account or the group says itself, before and after. No hash is among it. */
interface Change {
  readonly change: string;
  readonly fields?: readonly string[];
  readonly before?: OwnSettings | undefined;
  readonly after?: OwnSettings | undefined;
}

function changed(before: OwnSettings | undefined, changes: object): Change {
  return { change: 'changed', fields: Object.keys(changes), before, after: { ...before, ...changes } };
}

function changeOf(revision: AccountRevision, before: OwnSettings | undefined, after: OwnSettings | undefined): Change {
  switch (revision.change) {
    case 'account-changed':
    case 'group-changed':
      return changed(before, revision.changes);
    case 'password-set':
      return { change: 'password-set' };
    default:
      return { change: revision.change.endsWith('-added') ? 'added' : 'removed', before, after };
  }
}

/** What it says itself once that is done; undefined where it is gone. */
function settingsAfter(revision: AccountRevision, before: OwnSettings | undefined): OwnSettings | undefined {
  switch (revision.change) {
    case 'account-added': {
      const { name: _, ...own } = revision.account;
      return own;
    }
    case 'group-added':
      return revision.settings;
    case 'account-changed':
    case 'group-changed':
      return { ...before, ...revision.changes } as OwnSettings;
    case 'password-set':
      return before;
    default:
      return undefined;
  }
}

function subjectOf(revision: AccountRevision): readonly ['account.changed' | 'group.changed', name: string] {
  if (revision.change === 'account-added') return ['account.changed', revision.account.name];
  return [revision.change.startsWith('group-') ? 'group.changed' : 'account.changed', revision.name];
}

function saidIn({ accounts, groups }: StoredAccounts): Map<string, OwnSettings> {
  return new Map([
    ...[...accounts].map(([name, { own }]) => [`account.changed ${name}`, own] as const),
    ...[...groups].map(([name, settings]) => [`group.changed ${name}`, settings] as const),
  ]);
}

/** Undefined for what can't be read, which can be changed and removed all the same. */
async function said(found: Promise<OwnSettings | undefined>): Promise<OwnSettings | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof AccountStoreError) return undefined;
    throw error;
  }
}
