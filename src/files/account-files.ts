import {
  type Ability,
  type Account,
  type Files,
  provides,
  RIGHTS,
  type Right,
  ROOT,
  rightsOf,
  StorageError,
} from '../core/index.ts';
import { confined } from './confined.ts';
import type { Gate } from './gate.ts';
import { gated } from './gated.ts';
import { leadsToMount, type Mount, mountAt, mounted, type RenameAcross } from './mounts.ts';
import { type OnChange, observed } from './observed.ts';
import type { QuotaCounter, QuotaOwner } from './quota-counter.ts';
import { withQuota } from './with-quota.ts';
import { withRights } from './with-rights.ts';

export interface AccountFilesOptions {
  /** One of them at `/`: it holds the account's home. */
  readonly mounts: readonly Mount[];
  readonly account: Account;
  /** What all sessions of all accounts of the storage at `/` share: a `QuotaCounters`. */
  readonly counters: { of(owner: QuotaOwner): QuotaCounter };
  readonly onChange: OnChange;
  /** Default: `refuse`. */
  readonly renameAcross?: RenameAcross | undefined;
  /** Who must agree before a file gets its name. */
  readonly gate?: Gate | undefined;
  /** For who acts in the place of an administrator: all rights are held. Links are followed as the account's own rights have it. */
  readonly withoutRights?: boolean;
}

/**
 * The files of an account: its mounts, in the one at `/` its home, which is the account's root, and its quota there, its
 * rights over all, and each change told. The order is fixed: what rights refuse changes no count, and only what was made
 * is told. A gate is asked for what the rights allow. Links are followed only where the same rights hold everywhere, and no
 * gate goes by path. The quota counts what lies in the home; what
 * is mounted below it has its own storage, and perhaps other accounts that share it, and does not count.
 * @throws StorageError `unsupported` for a storage whose links nobody controls, `not-found` without a mount at `/`
 */
export function accountFiles(options: AccountFilesOptions): Files {
  const { mounts, account, counters, onChange, gate, renameAcross, withoutRights = false } = options;
  const { at: _, ...root } = mountAt(mounts, ROOT);
  const followLinks = account.rights.every((rule) => rule.path === ROOT) && !gate?.goesByPath;
  const home = confined(root.storage, account.home, { followLinks });
  const accountMounts: readonly Mount[] = [
    { ...root, at: ROOT, storage: withQuota(home, counters.of(account), account.quota) },
    ...mounts
      .filter(({ at }) => at !== ROOT)
      .map((mount) => ({ ...mount, storage: confined(mount.storage, ROOT, { followLinks }) })),
  ];
  checkPaths(accountMounts);
  const tree = mounted(accountMounts, renameAcross);
  const rights = withoutRights ? ALL_RIGHTS : account.rights;
  const view = withRights(gate ? gated(tree, gate) : tree, rights);
  return observed(
    view,
    {
      can: ableIn(accountMounts),
      allows: allowedIn(accountMounts, rights),
      stays: (path) => accountMounts.length > 1 && leadsToMount(accountMounts, path),
    },
    onChange,
  );
}

function checkPaths(mounts: readonly Mount[]): void {
  if (new Set(mounts.map(({ at }) => at)).size < mounts.length) {
    throw new StorageError('exists', 'Two storages are mounted at one place');
  }
}

/** What rights alone do not tell: whether the storage there can, and whether it may be changed. */
function ableIn(mounts: readonly Mount[]): Files['can'] {
  const isAble = (ability: Ability, { storage, readOnly = false }: Mount): boolean =>
    provides(storage, ability) && !(readOnly && CHANGING_ABILITIES.has(ability));
  return (ability, path) =>
    path === undefined ? mounts.some((mount) => isAble(ability, mount)) : isAble(ability, mountAt(mounts, path));
}

function allowedIn(mounts: readonly Mount[], rights: Account['rights']): Files['allows'] {
  const allows = rightsOf(rights);
  if (!mounts.some(({ readOnly }) => readOnly)) return allows;
  return (right, path) => allows(right, path) && (KEEPING_RIGHTS.has(right) || !mountAt(mounts, path).readOnly);
}

const ALL_RIGHTS: Account['rights'] = [{ path: ROOT, rights: RIGHTS }];

const CHANGING_ABILITIES: ReadonlySet<Ability> = new Set([
  'open-write',
  'copy',
  'set-modified',
  'set-created',
  'set-mode',
  'make-link',
]);
const KEEPING_RIGHTS: ReadonlySet<Right> = new Set(['list', 'download']);
