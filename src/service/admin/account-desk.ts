import {
  type AccountChanges,
  type AccountMount,
  type AccountRecord,
  type AccountStore,
  fieldValue,
  type NewAccount,
  noSuchAccount,
  type OwnSettings,
  PLACED_FIELDS,
  readOwnSettings,
  type StoredAccounts,
  withFieldValue,
} from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import { generatePassword, hashPassword, policyRefusal } from '../../identity/index.ts';
import { recordedAccounts } from '../audit/index.ts';
import type { Configuration } from '../configuration/index.ts';
import { makeHome } from '../home.ts';
import { newTotp } from '../new-totp.ts';
import { earlierToKeep } from '../password-rules.ts';
import { refuseWeaker } from '../policy/accounts.ts';
import { recount } from '../recount.ts';
import type { Implementation } from '../workers/rpc.ts';
import type { AccountAsk, AccountProcedures, PasswordAsk } from './account-procedures.ts';
import { groupsRefusal, isControlled, isWithinReach, placesIn, reachRefusal } from './account-reach.ts';
import { type ApiFailure, apiFailure, isApiFailure } from './api-failure.ts';
import { overlappingPlace } from './place-overlap.ts';
import { asJson, shownAccount, versionOf } from './shown-account.ts';
import { attempt, ChangeRefused, pageOf, requireVersion } from './versioned.ts';

type OfAccounts = Omit<AccountProcedures, 'listGroups' | 'readGroup' | 'addGroup' | 'changeGroup' | 'removeGroup'>;

/** What the thread of accounts works with. */
export interface AccountDeskParts {
  readonly database: Database;
  readonly auditDirectory: string;
  readonly configuration: Configuration;
}

/** The accounts for changes that are recorded, and held to the policy of the server. */
export function changedBy({ by, policy }: AccountAsk, accounts: AccountStore, auditDirectory: string): AccountStore {
  const check = policy && refuseWeaker(policy);
  return recordedAccounts(accounts, auditDirectory, { by, check, onFailure: () => undefined });
}

/** The accounts, as far as whoever asks may see and change them. An account out of reach is one that there is none of. */
export function accountDesk({ database, auditDirectory, configuration }: AccountDeskParts): Implementation<OfAccounts> {
  const stored = database.accounts;

  const recorded = (ask: AccountAsk) => changedBy(ask, stored, auditDirectory);

  async function namesWithin({ reach }: AccountAsk, group?: string): Promise<readonly string[]> {
    const names = await (group === undefined ? stored.names() : stored.groups.members(group));
    if (reach === undefined) return names;
    const within = new Set((await Promise.all(reach.map((each) => stored.groups.members(each)))).flat());
    return names.filter((name) => within.has(name));
  }

  async function ownOf(name: string, ask: AccountAsk): Promise<OwnSettings> {
    const own = await stored.findOwn(name);
    if (!own || !isWithinReach(own, ask)) throw noSuchAccount(name);
    return own;
  }

  async function recordOf(name: string, ask: AccountAsk): Promise<AccountRecord> {
    await ownOf(name, ask);
    const record = await stored.find(name);
    if (!record) throw noSuchAccount(name);
    return record;
  }

  async function shown(name: string, ask: AccountAsk) {
    const record = await recordOf(name, ask);
    return { entry: shownAccount(record, ask.rules), etag: versionOf(record.own) };
  }

  return {
    names: (ask) => namesWithin(ask),

    control: async (ask) => {
      const outcome = await attempt(async () => {
        requireControl(ask.name, await stored.findOwn(ask.name), ask);
        return {};
      });
      return isApiFailure(outcome) ? outcome : undefined;
    },

    list: (ask) =>
      pageOf(
        ask,
        () => namesWithin(ask, ask.group),
        async (name) => {
          const record = await stored.find(name);
          return record && shownAccount(record, ask.rules);
        },
      ),

    read: (ask) => attempt(() => shown(ask.name, ask)),

    add: (ask) =>
      attempt(async () => {
        const settings = readOwnSettings(ask.settings);
        const refusal =
          groupsRefusal(settings, ask) ??
          reachRefusal(
            ask,
            placesIn(settings).filter((place) => place !== 'groups'),
          );
        if (refusal) return refusal;
        const account = { name: ask.name, ...settings };
        const add = (passwordHash: string, isTrial: boolean) =>
          recorded(ask).revise(
            (before) => {
              requirePlaceOfItsOwn(account, before, ask);
              const mustChange = ask.rules.changeAfterReset;
              return [{ change: 'account-added', account, passwordHash, mustChange }];
            },
            { isTrial },
          );
        await add('', true);
        const password = await passwordOf(ask, ask, ask.name, []);
        if (isApiFailure(password)) return password;
        const passwordHash = await password.hash();
        await makeDirectories(account);
        await add(passwordHash, false);
        return { ...(await shown(ask.name, ask)), ...password.shown };
      }),

    change: (ask) =>
      attempt(async () => {
        const given = readOwnSettings(ask.set);
        const refusal = reachRefusal(ask, [...placesIn(given), ...ask.inherit]);
        if (refusal) return refusal;
        let before: OwnSettings = {};
        const revise = (isTrial: boolean) =>
          recorded(ask).revise(
            ({ accounts }) => {
              const own = accounts.get(ask.name)?.own;
              requireControl(ask.name, own, ask);
              requireVersion(ask.version, versionOf(own));
              before = own;
              return [{ change: 'account-changed', name: ask.name, changes: changesOf(own, given, ask.inherit) }];
            },
            { isTrial },
          );
        // What is refused has changed nothing: directories are made after all that may refuse the change, and before it.
        await revise(true);
        await makeDirectories({ name: ask.name, ...settingsAfter(before, given, ask.inherit) });
        await revise(false);
        return { ...(await shown(ask.name, ask)), before: asJson(before) };
      }),

    remove: (ask) =>
      attempt(async () => {
        let before: OwnSettings = {};
        await recorded(ask).revise(({ accounts }) => {
          const own = accounts.get(ask.name)?.own;
          requireControl(ask.name, own, ask);
          if (ask.version !== undefined) requireVersion(ask.version, versionOf(own));
          before = own;
          return [{ change: 'account-removed', name: ask.name }];
        });
        return { before: asJson(before) };
      }),

    setPassword: (ask) =>
      attempt(async () => {
        const { passwordHash, own } = await recordOf(ask.name, ask);
        requireControl(ask.name, own, ask);
        const earlier = await stored.earlierPasswordHashes(ask.name);
        const hashes = passwordHash === '' ? earlier : [passwordHash, ...earlier];
        const password = await passwordOf(ask, ask, ask.name, hashes);
        if (isApiFailure(password)) return password;
        await recorded(ask).setPasswordHash(ask.name, await password.hash(), {
          keepEarlier: earlierToKeep(ask.rules),
          mustChange: ask.rules.changeAfterReset,
        });
        return password.shown;
      }),

    setTotp: (ask) =>
      attempt(async () => {
        requireControl(ask.name, await ownOf(ask.name, ask), ask);
        const totp = newTotp(ask.name);
        await recorded(ask).setTotpSecret(ask.name, totp.secret);
        return totp;
      }),

    removeTotp: (ask) =>
      attempt(async () => {
        requireControl(ask.name, await ownOf(ask.name, ask), ask);
        await recorded(ask).setTotpSecret(ask.name, undefined);
        return {};
      }),

    unlock: (ask) =>
      attempt(async () => {
        requireControl(ask.name, await ownOf(ask.name, ask), ask);
        await recorded(ask).setLock(ask.name, undefined);
        return {};
      }),

    recount: (ask) =>
      attempt(async () => {
        const { account, own } = await recordOf(ask.name, ask);
        requireControl(ask.name, own, ask);
        return recount(configuration, database, account);
      }),
  };

  async function makeDirectories(account: NewAccount): Promise<void> {
    const { account: planned } = await stored.preview(account);
    requireStorages(planned.mounts, configuration);
    await makeHome(configuration, planned);
  }
}

/** Nobody who mounts a storage that is not there can sign in. @throws ChangeRefused */
export function requireStorages(mounts: readonly AccountMount[] | null = [], { storages }: Configuration): void {
  const unknown = mounts?.find(({ storage }) => !Object.hasOwn(storages, storage));
  if (unknown) throw new ChangeRefused('invalid-account', `There is no storage ${unknown.storage}`);
}

/** @throws AccountStoreError `no-such-account`; ChangeRefused */
function requireControl(name: string, own: OwnSettings | undefined, ask: AccountAsk): asserts own is OwnSettings {
  if (!own || !isWithinReach(own, ask)) throw noSuchAccount(name);
  if (isControlled(own, ask)) return;
  throw new ChangeRefused(
    'not-allowed',
    `The account ${name} is in groups of others, too: ask an administrator of all`,
  );
}

/** @throws ChangeRefused where it would reach files of accounts that whoever asks has no say in */
function requirePlaceOfItsOwn({ name, ...own }: NewAccount, before: StoredAccounts, ask: AccountAsk): void {
  const place = overlappingPlace(name, own, before, ask);
  if (place === undefined) return;
  throw new ChangeRefused(
    'not-allowed',
    `An account of that name would have its files at ${place}, where others have theirs: choose another name, or ask an administrator without a limit to groups`,
  );
}

interface ChosenPassword {
  readonly hash: () => Promise<string>;
  readonly shown: { readonly password?: string };
}

async function passwordOf(
  { password, generate }: PasswordAsk,
  { rules }: AccountAsk,
  name: string,
  hashes: readonly string[],
): Promise<ChosenPassword | ApiFailure> {
  if (generate) {
    const made = generatePassword(rules.minLength);
    return { hash: () => hashPassword(made), shown: { password: made } };
  }
  if (password === undefined) return { hash: async () => '', shown: {} };
  const refusal = await policyRefusal(password, rules, name, hashes);
  return refusal === undefined
    ? { hash: () => hashPassword(password), shown: {} }
    : apiFailure('weak-password', refusal);
}

/** Single fields are set and taken away; a section keeps what was not named. */
export function settingsAfter(own: OwnSettings, given: OwnSettings, inherit: readonly string[]): OwnSettings {
  return PLACED_FIELDS.reduce((settings, { place }) => {
    const value = fieldValue(given, place);
    if (value !== undefined) return withFieldValue(settings, place, value);
    return inherit.includes(place.join('.')) ? withFieldValue(settings, place, undefined) : settings;
  }, own);
}

/** What makes one of the other. */
export function changesOf(own: OwnSettings, given: OwnSettings, inherit: readonly string[]): AccountChanges {
  const after = settingsAfter(own, given, inherit);
  const touched = new Set([...placesIn(given), ...inherit].map((place) => place.split('.')[0] ?? ''));
  return Object.fromEntries([...touched].map((name) => [name, (after as Readonly<Record<string, unknown>>)[name]]));
}
