import {
  type Account,
  type AccountStore,
  AccountStoreError,
  type Publish,
  type Refusal,
  ROOT,
  StorageError,
} from '../core/index.ts';
import { confined, type Mount } from '../files/index.ts';
import type { Configuration } from './configuration/index.ts';
import type { NamedStorages } from './storages.ts';

/** So many accounts are named in a warning. */
const MAX_NAMED = 5;

/** What an account sees: the storage of its home, and what is mounted below. @throws StorageError `not-found` as `refusalWithout` */
export function mountsOf({ mounts }: Account, { default: home, byName }: NamedStorages): readonly Mount[] {
  return [
    { at: ROOT, storage: home },
    ...mounts.map(({ at, storage: name, path = ROOT, readOnly = false }) => {
      const storage = byName.get(name);
      if (!storage) throw new StorageError('not-found', 'A storage of this account is not there');
      return { at, storage: confined(storage, path), readOnly };
    }),
  ];
}

/**
 * Why an account gets no session: it would not see all of its files. A client that finds a directory empty, or away, may
 * take what it once held for removed.
 */
export function refusalWithout(storages: ReadonlyMap<string, unknown>, { mounts }: Account): Refusal | undefined {
  const lost = mounts.find(({ storage }) => !storages.has(storage));
  if (!lost) return undefined;
  const detail = `mounts the storage ${lost.storage}, which this server has not opened`;
  const rule = { kind: 'field', place: 'mounts' } as const;
  return { refused: 'unavailable', message: 'This account can not be used at present', detail, rule };
}

/** Warns of accounts that can't sign in: they can't be read, or a storage that they mount is not configured. */
export async function warnOfLostMounts(
  configuration: Configuration,
  accounts: AccountStore,
  log: Publish,
): Promise<void> {
  for (const message of await lostMounts(configuration, accounts)) log({ event: 'warning', message });
}

/** A sentence for each storage that accounts mount and that is not configured, and for each account that can't be read. */
export async function lostMounts({ storages }: Configuration, accounts: AccountStore): Promise<readonly string[]> {
  const lost = new Map<string, string[]>();
  const unreadable: string[] = [];
  for (const name of await accounts.names()) {
    const mounts = await accounts.find(name).then(
      (record) => record?.account.mounts ?? [],
      (error) => void unreadable.push(whyUnreadable(error)),
    );
    const missing = new Set(mounts?.map(({ storage }) => storage).filter((each) => !Object.hasOwn(storages, each)));
    for (const storage of missing) lost.set(storage, [...(lost.get(storage) ?? []), name]);
  }
  const ofStorages = Array.from(lost, ([storage, names]) => {
    const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
    const who = `${names.slice(0, MAX_NAMED).join(', ')}${more}`;
    return `There is no storage ${storage} in the configuration: accounts that mount it can't sign in (${who}); configure it, or give them other mounts by "lockport user set"`;
  });
  return [...unreadable, ...ofStorages];
}

/** @throws what is none of the account */
function whyUnreadable(error: unknown): string {
  if (!(error instanceof AccountStoreError)) throw error;
  return `${error.message}; the account can't sign in until that is put right by "lockport user set"`;
}
