import path from 'node:path';
import {
  type GroupSettings,
  isAccountName,
  isNetwork,
  joinPath,
  type NewAccount,
  printable,
  RIGHTS,
  type RightsRule,
  ROOT,
  resolvePath,
  type VirtualPath,
} from '../../core/index.ts';
import { describeHash } from '../../identity/index.ts';
import { ImportError } from './import-error.ts';

/** What was read in the files of another server, in our words, and what became of each of their settings. */
export interface Imported {
  readonly groups: ReadonlyMap<string, GroupSettings>;
  readonly accounts: readonly ImportedAccount[];
  readonly findings: readonly ImportFinding[];
}

export interface ImportedAccount {
  readonly account: NewAccount;
  /** As the other server has it; empty: none. */
  readonly passwordHash: string;
}

/** What is to be known of a setting that was not taken over as it is. */
export interface ImportFinding {
  /** `left-out`: it is not taken over. `changed`: it is, in another way. `warning`: it opens more, or protects less. */
  readonly kind: 'left-out' | 'changed' | 'warning';
  /** The accounts and groups (`group NAME`) that it is about. */
  readonly names: readonly string[];
  /** As the other server calls it. */
  readonly field: string;
  /** Why, as a sentence without its full stop. */
  readonly text: string;
}

/** One file of another server. */
export interface ImportedFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads the files of one kind of server.
 * @param base the directory of the other server, absolute, that is to be the root of the files of ours
 * @throws ImportError
 */
export type Importer = (files: readonly ImportedFile[], base: string) => Imported;

/** What `read` makes of a file. @throws ImportError that names it */
export function inFile<Result>({ name }: ImportedFile, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof ImportError) throw new ImportError(`${name}: ${error.message}`, undefined, { cause: error });
    throw error;
  }
}

/** All rights at once, which is what most other servers know. */
export const ALL_RIGHTS: readonly RightsRule[] = [{ path: ROOT, rights: RIGHTS }];

/** Collects what an importer finds. What is said of many accounts is kept once. */
export class Findings {
  readonly #names = new Map<string, { readonly finding: Omit<ImportFinding, 'names'>; readonly names: string[] }>();

  add(kind: ImportFinding['kind'], name: string, field: string, text: string): void {
    const key = JSON.stringify([kind, field, text]);
    const known = this.#names.get(key);
    if (known) known.names.push(name);
    else this.#names.set(key, { finding: { kind, field, text }, names: [name] });
  }

  all(): readonly ImportFinding[] {
    return [...this.#names.values()].map(({ finding, names }) => ({ ...finding, names }));
  }
}

/** Collects accounts: names that no account can have, and names that stand twice, become findings. */
export class AccountList {
  readonly findings: Findings;
  readonly #accounts = new Map<string, ImportedAccount>();

  constructor(findings: Findings) {
    this.findings = findings;
  }

  /** Whether an account of this name can be added; else that is said. */
  accepts(name: string): boolean {
    const problem = isAccountName(name)
      ? this.#accounts.has(name) && 'the file has an account of this name before it, which counts'
      : 'this can not be the name of an account here';
    if (problem) this.findings.add('left-out', printable(name), 'account', problem);
    return !problem;
  }

  add(account: NewAccount, passwordHash: string): void {
    this.#accounts.set(account.name, { account, passwordHash });
  }

  imported(groups: ReadonlyMap<string, GroupSettings> = new Map()): Imported {
    return { groups, accounts: [...this.#accounts.values()], findings: this.findings.all() };
  }
}

/** The hash of a password as it is kept: empty where it can't be checked, and then that is said. */
export function keptHash(hash: string, name: string, findings: Findings): string {
  if (hash === '') {
    findings.add(
      'warning',
      name,
      'password',
      'it has none: nobody signs in by a password until "lockport user passwd" sets one',
    );
    return '';
  }
  const { scheme, isWeak, refusal } = describeHash(hash);
  if (refusal !== undefined) {
    const next = 'the account has no password until "lockport user passwd" sets one';
    findings.add('left-out', name, 'password', `${refusal}; ${next}`);
    return '';
  }
  if (isWeak) {
    const text = `${scheme} is weak: whoever has the file can guess it; it is hashed anew at the first login, and should be changed`;
    findings.add('warning', name, 'password', text);
  }
  return hash;
}

/**
 * The home of an account, whose directory on the other server was `directory`. One that is not below the base can't be the same
 * directory here.
 */
export function homeBelow(base: string, directory: string, name: string, findings: Findings): VirtualPath {
  const own = joinPath(ROOT, name);
  if (directory === '') return own;
  const inside = path.posix.relative(slashed(base), slashed(directory));
  if (inside !== '..' && !inside.startsWith('../')) return importedPath(inside || '/', name);
  const text = `${printable(directory)} is not below ${printable(base)}, which --base names; the home is ${printable(own)}, and its files are to be moved there`;
  findings.add('changed', name, 'home', text);
  return own;
}

/** A path as the account is to see it. @throws ImportError for one that can't be here */
export function importedPath(text: string, name: string): VirtualPath {
  try {
    return resolvePath(ROOT, text);
  } catch (cause) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    throw new ImportError(
      `${printable(name)} has the path ${printable(text)}, which can not be one here${reason}`,
      undefined,
      { cause },
    );
  }
}

/**
 * The addresses that an account may come from. Undefined: from nowhere, for none of those that the other server allows can be
 * said here.
 */
export function allowedFrom(
  addresses: readonly string[],
  name: string,
  field: string,
  findings: Findings,
): readonly string[] | undefined {
  const given = addresses.map((address) => address.trim()).filter((address) => address !== '');
  const known = given.filter(isNetwork);
  for (const address of given.filter((address) => !isNetwork(address)))
    findings.add('left-out', name, field, `${printable(address)} is neither an address nor a CIDR range`);
  if (given.length === 0 || known.length > 0) return known;
  findings.add('warning', name, field, 'no address is left that it may come from: the account is disabled');
  return undefined;
}

/** A number that is at least 1; undefined for 0 and nothing, which mean no limit elsewhere. @throws RangeError for others */
export function positive(value: number): number | undefined {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('expected a whole number');
  return value === 0 ? undefined : value;
}

function slashed(directory: string): string {
  return directory.replaceAll('\\', '/');
}
