import type { HotPath } from '../hot-path.ts';
import { CLIENTS } from './clients.ts';
import { LINES } from './lines.ts';
import { LISTINGS } from './listings.ts';
import { SESSIONS } from './sessions.ts';
import { TRANSFERS } from './transfers.ts';

export const HOT_PATHS: readonly HotPath[] = [...LINES, ...LISTINGS, ...TRANSFERS, ...SESSIONS, ...CLIENTS];
