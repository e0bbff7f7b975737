import { ask } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';

/** Whether the server shows an upload when it is whole and not before, and keeps an interrupted one for resuming. */
export async function publishesWhole(pool: Pool): Promise<boolean> {
  const { quirks } = pool.settings;
  quirks.publishesWhole ??= await ask(pool, undefined, (session) => session.publishesWhole(undefined));
  return quirks.publishesWhole;
}
