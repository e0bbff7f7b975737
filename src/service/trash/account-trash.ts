import {
  type Account,
  type AccountStore,
  isWithin,
  type KeptFile,
  ROOT,
  rebase,
  StorageError,
  type Trash,
  type VirtualPath,
} from '../../core/index.ts';
import { type Mount, mountAt } from '../../files/index.ts';
import type { NamedStorages } from '../storages.ts';
import { accountMounts } from './account-mounts.ts';

/** A kept file, by the path at which the account saw it. */
export interface AccountKeptFile extends KeptFile {
  readonly trash: Trash;
  /** Its path in the storage of the account's home, or of the mount. */
  readonly inStorage: VirtualPath;
}

interface AccountTrashParts {
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly storages: NamedStorages;
  /** Has the home of an account counted anew. */
  readonly recount: (home: VirtualPath) => Promise<void>;
}

/** What is kept of the files of accounts. */
export class AccountTrash {
  readonly #parts: AccountTrashParts;

  constructor(parts: AccountTrashParts) {
    this.#parts = parts;
  }

  /** Undefined: nobody has that name. */
  async of(name: string): Promise<OneTrash | undefined> {
    const { accounts, storages, recount } = this.#parts;
    const record = await accounts.find(name);
    return record && new OneTrash(record.account, storages, () => recount(record.account.home));
  }
}

/** What is kept of the files that one account sees, in its home and its mounts. */
export class OneTrash {
  readonly #mounts: readonly Mount[];
  readonly #recount: () => Promise<void>;

  /** @throws StorageError where a storage of the account is not there */
  constructor(account: Account, storages: NamedStorages, recount: () => Promise<void>) {
    this.#mounts = accountMounts(account, storages);
    this.#recount = recount;
  }

  /** Those that stood at a path or below it. */
  async *list(path: VirtualPath): AsyncGenerator<AccountKeptFile> {
    const holding = mountAt(this.#mounts, path);
    for (const mount of this.#mounts) {
      const { at, storage } = mount;
      const isBelow = mount !== holding && isWithin(path, at);
      if (!storage.trash || (mount !== holding && !isBelow)) continue;
      for await (const file of storage.trash.list(isBelow ? ROOT : rebase(at, ROOT, path))) {
        const seen = rebase(ROOT, at, file.path);
        // What a mount hides now is none of what the account sees.
        if (mountAt(this.#mounts, seen) !== mount) continue;
        yield { ...file, path: seen, inStorage: file.path, trash: storage.trash };
      }
    }
  }

  /** @throws StorageError `exists` where anything has the name, `denied` where the account may not change anything there */
  async restore(file: AccountKeptFile, to: VirtualPath): Promise<void> {
    const [source, target] = [mountAt(this.#mounts, file.path), mountAt(this.#mounts, to)];
    if (source !== target) throw new StorageError('cross-device', 'A file is restored into the storage that keeps it');
    await file.trash.restore({ id: file.id, path: file.inStorage }, rebase(target.at, ROOT, to));
    if (target.at === ROOT) await this.#recount();
  }

  async purge(file: AccountKeptFile): Promise<void> {
    await file.trash.purge({ id: file.id, path: file.inStorage });
  }
}
