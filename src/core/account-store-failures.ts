import { AccountStoreError } from './account-store.ts';

export function noSuchAccount(name: string): AccountStoreError {
  return new AccountStoreError('no-such-account', `There is no account ${JSON.stringify(name)}`);
}

export function accountExists(name: string): AccountStoreError {
  return new AccountStoreError('account-exists', `There is an account ${name} already`);
}

export function noSuchGroup(name: string): AccountStoreError {
  return new AccountStoreError('no-such-group', `There is no group ${JSON.stringify(name)}`);
}

export function groupExists(name: string): AccountStoreError {
  return new AccountStoreError('group-exists', `There is a group ${name} already`);
}

/** @param members how many accounts are in it */
export function groupInUse(name: string, members: number): AccountStoreError {
  const accounts = members === 1 ? '1 account is' : `${members} accounts are`;
  return new AccountStoreError(
    'group-in-use',
    `${accounts} in the group ${name}, which can't be removed until none is`,
  );
}
