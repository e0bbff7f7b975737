import type { CallOptions, VirtualPath } from '../../core/index.ts';
import { change } from '../connection/call.ts';
import type { Pool } from '../connection/pool.ts';

/** Sets permission bits. */
export async function setMode(pool: Pool, path: VirtualPath, mode: number, { signal }: CallOptions): Promise<void> {
  await change(pool, signal, (session) => session.setMode(path, mode, signal));
}
