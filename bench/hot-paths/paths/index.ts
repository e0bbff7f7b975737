import type { HotPath } from '../hot-path.ts';
import { CLIENTS } from './clients.ts';
import { LINES } from './lines.ts';
import { LISTINGS } from './listings.ts';
import { SESSIONS } from './sessions.ts';
import { TRANSFERS } from './transfers.ts';

/** Those of one group are counted in one process; the dearest come first. */
export const GROUPS: { readonly [name: string]: readonly HotPath[] } = {
  clients: CLIENTS,
  sessions: SESSIONS,
  transfers: TRANSFERS,
  listings: LISTINGS,
  lines: LINES,
};

export const HOT_PATHS: readonly HotPath[] = Object.values(GROUPS).flat();
