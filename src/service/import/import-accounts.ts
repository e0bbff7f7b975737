import { readFile } from 'node:fs/promises';
import { type Account, type AccountRevision, type AccountStore, type StoredAccounts } from '../../core/index.ts';
import { plannedAccount } from '../planned-account.ts';
import { systemCode } from '../system-error.ts';
import { ImportError } from './import-error.ts';
import type { Imported, ImportedFile, Importer, ImportFinding } from './imported.ts';

/** Above any real file of accounts. */
const MAX_FILE_BYTES = 64 * 2 ** 20;

/** The servers whose accounts can be taken over, and how. What reads them is loaded when it is asked for. */
export const IMPORTERS: Readonly<Record<string, () => Promise<Importer>>> = {
  filezilla: async () => (await import('./filezilla.ts')).readFileZilla,
  proftpd: async () => (await import('./passwd-file.ts')).readProftpd,
  vsftpd: async () => (await import('./passwd-file.ts')).readVsftpd,
  'pure-ftpd': async () => (await import('./pure-ftpd.ts')).readPureFtpd,
  sftpgo: async () => (await import('./sftpgo.ts')).readSftpgo,
};

/** What an import makes. */
export interface ImportPlan {
  readonly revisions: readonly AccountRevision[];
  /** The accounts that it makes, as they will be. */
  readonly accounts: readonly Account[];
  readonly findings: readonly ImportFinding[];
}

/** Reads the files themselves, as the user who asks for it. @throws ImportError that names the file */
export async function readImportFiles(files: readonly string[]): Promise<readonly ImportedFile[]> {
  return Promise.all(files.map(readText));
}

/** Tries what an import would make; nothing is kept. Accounts and groups that exist stay as they are. @throws AccountStoreError */
export async function planImport(store: AccountStore, imported: Imported): Promise<ImportPlan> {
  const seen: { stored: StoredAccounts } = { stored: { accounts: new Map(), groups: new Map() } };
  const revisions = await store.revise(
    (stored) => {
      seen.stored = stored;
      return revisionsFor(stored, imported);
    },
    { isTrial: true },
  );
  const groups = new Map([...imported.groups, ...seen.stored.groups]);
  const accounts = revisions.flatMap((revision) =>
    revision.change === 'account-added' ? [plannedAccount(revision.account, groups)] : [],
  );
  return { revisions, accounts, findings: [...standing(seen.stored, imported), ...imported.findings] };
}

/** Makes it, all or nothing. @throws AccountStoreError */
export async function makeImport(store: AccountStore, imported: Imported): Promise<readonly AccountRevision[]> {
  return store.revise((stored) => revisionsFor(stored, imported));
}

function revisionsFor(stored: StoredAccounts, { groups, accounts }: Imported): readonly AccountRevision[] {
  const newGroups = [...groups].filter(([name]) => !stored.groups.has(name));
  const newAccounts = accounts.filter(({ account }) => !stored.accounts.has(account.name));
  return [
    ...newGroups.map(([name, settings]) => ({ change: 'group-added', name, settings }) as const),
    ...newAccounts.map((each) => ({ change: 'account-added', ...each }) as const),
  ];
}

function standing(stored: StoredAccounts, { groups, accounts }: Imported): readonly ImportFinding[] {
  const text = 'there is one of this name already, which stays as it is';
  const known = accounts.map(({ account }) => account.name).filter((name) => stored.accounts.has(name));
  const knownGroups = [...groups.keys()].filter((name) => stored.groups.has(name));
  return [
    ...(known.length > 0 ? [{ kind: 'left-out', names: known, field: 'account', text } as const] : []),
    ...(knownGroups.length > 0 ? [{ kind: 'left-out', names: knownGroups, field: 'group', text } as const] : []),
  ];
}

async function readText(file: string): Promise<ImportedFile> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_FILE_BYTES) throw new ImportError(`${file}: it is larger than 64 MiB`);
    return { name: file, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (cause) {
    if (cause instanceof ImportError) throw cause;
    const code = systemCode(cause);
    const reason = cause instanceof TypeError ? 'it is not UTF-8' : `it can't be read (${code ?? String(cause)})`;
    throw new ImportError(`${file}: ${code === 'ENOENT' ? 'there is no such file' : reason}`, undefined, { cause });
  }
}
