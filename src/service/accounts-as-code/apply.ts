import { readFile, stat } from 'node:fs/promises';
import {
  type Account,
  type AccountStore,
  type GroupSettings,
  type OwnSettings,
  type StoredAccounts,
} from '../../core/index.ts';
import type { Database } from '../../database/index.ts';
import { hashPassword, verifyPassword } from '../../identity/index.ts';
import { ConfigurationError } from '../configuration/index.ts';
import { plannedAccount } from '../planned-account.ts';
import { systemCode } from '../system-error.ts';
import { type DesiredAccounts, parseAccountsFile } from './accounts-file.ts';
import { noteApplied } from './drift.ts';
import { type AccountsPlan, type PlanOptions, planAccounts, type ResolvedAccounts } from './plan.ts';

/** Above any real file. */
const MAX_FILE_BYTES = 64 * 2 ** 20;
const MAX_PASSWORD_FILE_BYTES = 4096;

/** A file of accounts, with the passwords that it names, read by the user who applies it. */
export interface AccountsFile {
  readonly wanted: DesiredAccounts;
  readonly passwords: ReadonlyMap<string, string>;
}

/** @throws ConfigurationError */
export async function readAccountsFile(file: string): Promise<AccountsFile> {
  const wanted = parseAccountsFile(await textOf(file, MAX_FILE_BYTES), file);
  const passwords = new Map<string, string>();
  for (const [name, { password }] of wanted.accounts) {
    if (password.from !== 'file') continue;
    const text = await textOf(password.file, MAX_PASSWORD_FILE_BYTES);
    passwords.set(name, text.split(/\r?\n/, 1)[0] ?? '');
  }
  return { wanted, passwords };
}

/** What is stored, at one moment. @throws AccountStoreError for what can't be read */
export async function storedAccounts(store: AccountStore): Promise<StoredAccounts> {
  const seen: { stored: StoredAccounts } = { stored: { accounts: new Map(), groups: new Map() } };
  await store.revise(
    (stored) => {
      seen.stored = stored;
      return [];
    },
    { isTrial: true },
  );
  return seen.stored;
}

/**
 * The hashes that the accounts of a file are to have. A password that the account has already keeps its hash.
 * @param refusalOf what is wrong with a new password of an account, as a sentence
 * @throws ConfigurationError for a password that may not be one
 */
export async function resolvePasswords(
  { wanted, passwords }: AccountsFile,
  { accounts }: StoredAccounts,
  refusalOf: (password: string, account: string) => Promise<string | undefined>,
): Promise<ResolvedAccounts> {
  const resolved = new Map<string, { readonly own: OwnSettings; readonly passwordHash: string | undefined }>();
  for (const [name, { own, password }] of wanted.accounts) {
    const text = passwords.get(name);
    const present = accounts.get(name)?.passwordHash;
    if (password.from !== 'file' || text === undefined) {
      resolved.set(name, { own, passwordHash: password.from === 'hash' ? password.hash : undefined });
    } else if (present && (await verifyPassword(text, present))) {
      resolved.set(name, { own, passwordHash: present });
    } else {
      const refusal = await refusalOf(text, name);
      if (refusal !== undefined) throw problem(`accounts.${name}.passwordFile`, refusal);
      resolved.set(name, { own, passwordHash: await hashPassword(text) });
    }
  }
  return { accounts: resolved, groups: wanted.groups, sections: wanted.sections };
}

/** A plan, and the accounts that it adds or changes as they will be. */
export interface TriedPlan extends AccountsPlan {
  readonly accounts: readonly Account[];
}

/** The plan for what is stored now, tried: whatever would fail has failed. Nothing is kept. @throws AccountStoreError */
export async function tryAccounts(
  store: AccountStore,
  wanted: ResolvedAccounts,
  options: PlanOptions,
): Promise<TriedPlan> {
  return run(store, wanted, options, true);
}

/** Makes it, all or nothing, and remembers what was applied. @throws AccountStoreError */
export async function applyAccounts(
  meta: Database['meta'],
  store: AccountStore,
  wanted: ResolvedAccounts,
  options: PlanOptions,
): Promise<TriedPlan> {
  const plan = await run(store, wanted, options, false);
  await noteApplied(meta, wanted);
  return plan;
}

async function run(
  store: AccountStore,
  wanted: ResolvedAccounts,
  options: PlanOptions,
  isTrial: boolean,
): Promise<TriedPlan> {
  const made: { plan?: AccountsPlan; groups: ReadonlyMap<string, GroupSettings> } = { groups: new Map() };
  await store.revise(
    (stored) => {
      made.plan = planAccounts(stored, wanted, options);
      made.groups = new Map([...stored.groups, ...wanted.groups]);
      return made.plan.revisions;
    },
    { isTrial },
  );
  const plan = made.plan ?? { changes: [], revisions: [], unmentioned: { accounts: [], groups: [] } };
  const accounts = plan.changes.flatMap(({ of, name, action }) => {
    const own = of === 'account' && action !== 'removed' ? wanted.accounts.get(name)?.own : undefined;
    return own ? [plannedAccount({ name, ...own }, made.groups)] : [];
  });
  return { ...plan, accounts };
}

async function textOf(file: string, most: number): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > most) throw problem(file, `is larger than ${most} bytes`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    const code = systemCode(error);
    throw problem(file, code === 'ENOENT' ? 'no such file' : `can't be read (${code ?? String(error)})`);
  }
}

function problem(key: string, message: string): ConfigurationError {
  return new ConfigurationError([{ origin: { from: 'default' }, key, message }]);
}
