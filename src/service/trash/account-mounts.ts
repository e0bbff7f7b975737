import { type Account, ROOT } from '../../core/index.ts';
import { confined, type Mount } from '../../files/index.ts';
import { mountsOf } from '../mounts.ts';
import type { NamedStorages } from '../storages.ts';

/** The storages of what an account sees, its home confined. @throws StorageError where one of them is not there */
export function accountMounts(account: Account, storages: NamedStorages): readonly Mount[] {
  return mountsOf(account, storages).map((mount) =>
    mount.at === ROOT ? { ...mount, storage: confined(mount.storage, account.home) } : mount,
  );
}
