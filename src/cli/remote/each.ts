import { ClientError } from '../../client/index.ts';
import { Ended } from '../ended.ts';
import { CLIENT_EXITS, type ExitName } from '../exit-codes.ts';
import type { RemoteRun } from './remote-run.ts';

/** One thing of several. */
export interface Item {
  /** How it is called where its failure is told. */
  readonly name: string;
}

/**
 * Does it for each, so many at once as is given, or as there are connections; `work` is told how many that are. One alone fails with its own failure; of several each
 * failure is told and the others go on, unless the server as a whole is out of reach.
 * @throws Ended `partly` when some of several failed
 */
export async function forEach<One extends Item>(
  run: RemoteRun,
  items: readonly One[],
  work: (item: One, atOnce: number) => Promise<void>,
  most = run.settings.parallel ?? 1,
): Promise<void> {
  const [first] = items;
  if (first && items.length === 1) return work(first, 1);
  const atOnce = Math.min(most, items.length);
  const queue = items.values();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (run.signal.aborted) return;
      try {
        await work(item, atOnce);
      } catch (error) {
        if (run.signal.aborted || endsAll(error)) throw error;
        hasFailed = true;
        await run.output.failure(error, item.name);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  run.signal.throwIfAborted();
  if (hasFailed) throw new Ended('partly');
}

const ENDS_ALL: ReadonlySet<ExitName> = new Set<ExitName>(['connection', 'trust', 'login']);

function endsAll(error: unknown): boolean {
  return error instanceof ClientError && ENDS_ALL.has(CLIENT_EXITS[error.code]);
}
