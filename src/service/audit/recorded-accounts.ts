import { userInfo } from 'node:os';
import process from 'node:process';
import type { AccountStore } from '../../core/index.ts';
import { leaveNote } from './inbox.ts';

/** Who works on this machine: whoever became root by sudo stays who that is. */
export function operatorName(): string {
  const sudoUser = process.env['SUDO_USER'];
  if (sudoUser) return sudoUser;
  try {
    return userInfo().username;
  } catch {
    // A user that the system has no name for.
    return String(process.getuid?.() ?? 'unknown');
  }
}

/**
 * Has each change of accounts recorded by the server, which may be another process. A change that was made stands, whatever
 * becomes of its note.
 * @param by who changes them @param onFailure hears of a note that could not be left
 */
export function recordedAccounts(
  accounts: AccountStore,
  auditDirectory: string,
  { by, onFailure }: { readonly by: string; readonly onFailure: (error: unknown) => void },
): AccountStore {
  async function note(account: string, change: string, fields?: readonly string[]): Promise<void> {
    const when = new Date().toISOString();
    const said = { event: 'account.changed', when, by, account, change, ...(fields && { fields }) } as const;
    await leaveNote(auditDirectory, said).catch(onFailure);
  }
  return {
    notices: accounts.notices,
    find: (name) => accounts.find(name),
    list: () => accounts.list(),
    names: () => accounts.names(),
    recordLogin: (name) => accounts.recordLogin(name),
    async add(account, passwordHash) {
      await accounts.add(account, passwordHash);
      await note(account.name, 'added');
    },
    async update(name, changes, options) {
      const isTakenAway = await accounts.update(name, changes, options);
      await note(name, 'changed', Object.keys(changes));
      return isTakenAway;
    },
    async remove(name, options) {
      await accounts.remove(name, options);
      await note(name, 'removed');
    },
    async setPasswordHash(name, passwordHash, options) {
      await accounts.setPasswordHash(name, passwordHash, options);
      await note(name, 'password-set');
    },
  };
}
