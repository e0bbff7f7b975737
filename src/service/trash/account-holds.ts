import {
  type Account,
  type Hold,
  type Holds,
  isWithin,
  ROOT,
  rebase,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { mountAt } from '../../files/index.ts';
import type { NamedStorages } from '../storages.ts';
import { accountMounts } from './account-mounts.ts';

/** The legal holds of what one account sees. They hold for all accounts that reach the same files. */
export class AccountHolds {
  readonly #mounts: ReturnType<typeof accountMounts>;

  /** @throws StorageError where a storage of the account is not there */
  constructor(account: Account, storages: NamedStorages) {
    this.#mounts = accountMounts(account, storages);
  }

  async list(): Promise<readonly Hold[]> {
    const holds: Hold[] = [];
    for (const { at, storage } of this.#mounts) {
      for (const hold of (await storage.holds?.list()) ?? [])
        holds.push({ ...hold, path: rebase(ROOT, at, hold.path) });
    }
    return holds;
  }

  /** @throws StorageError `denied` where a part of it would not be held */
  async set(path: VirtualPath, hold: Pick<Hold, 'by' | 'reason'>): Promise<void> {
    const below = this.#mounts.find(({ at }) => at !== path && isWithin(path, at));
    if (below) {
      throw new StorageError('denied', `Another storage is mounted at ${below.at}: hold it by a path of its own`);
    }
    const { holds, inside } = this.#at(path);
    await holds.set(inside, hold);
  }

  async lift(path: VirtualPath): Promise<void> {
    const { holds, inside } = this.#at(path);
    await holds.lift(inside);
  }

  #at(path: VirtualPath): { readonly holds: Holds; readonly inside: VirtualPath } {
    const { at, storage } = mountAt(this.#mounts, path);
    if (!storage.holds) throw new StorageError('unsupported', 'The storage of this path can hold nothing');
    return { holds: storage.holds, inside: rebase(at, ROOT, path) };
  }
}
