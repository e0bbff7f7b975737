import { ROOT, resolvePath, StorageError } from '../../core/index.ts';
import type { AccountHolds } from '../trash/account-holds.ts';
import { failure, type OperatorFailure } from './failure.ts';
import type { OperatedService } from './operated-service.ts';

/** A legal hold, as operators see it. */
export interface ShownHold {
  readonly path: string;
  readonly since: string;
  readonly by: string;
  readonly reason: string;
}

type Answer = { readonly holds: readonly ShownHold[] } | OperatorFailure;

/** The holds of what an account sees. */
export function listHolds(service: OperatedService, account: string): Promise<Answer> {
  return withHolds(service, account, async () => undefined);
}

/** Gives the holds that there are then. */
export function setHold(
  service: OperatedService,
  account: string,
  hold: { readonly path: string; readonly by: string; readonly reason: string },
): Promise<Answer> {
  return withHolds(service, account, (holds) => holds.set(resolvePath(ROOT, hold.path), hold));
}

/** Gives the holds that there are then. */
export function liftHold(service: OperatedService, account: string, path: string): Promise<Answer> {
  return withHolds(service, account, async (holds) => {
    try {
      await holds.lift(resolvePath(ROOT, path));
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'not-found') throw error;
      throw new StorageError('not-found', 'There is no hold of this path: "lockport hold list" names them');
    }
  });
}

async function withHolds(
  service: OperatedService,
  account: string,
  work: (holds: AccountHolds) => Promise<void>,
): Promise<Answer> {
  try {
    const holds = await service.holdsOf(account);
    if (!holds) return failure('no-such-account', `There is no account ${account}`);
    await work(holds);
    const all = await holds.list();
    return { holds: all.map(({ since, ...hold }) => ({ ...hold, since: since.toISOString() })) };
  } catch (error) {
    if (error instanceof StorageError) return failure('failed', error.message);
    throw error;
  }
}
