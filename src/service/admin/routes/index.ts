import type { Route } from '../route.ts';
import { ACCOUNT_ROUTES } from './accounts.ts';
import { ADMINISTRATOR_ROUTES } from './administrators.ts';
import { BACKUP_ROUTES } from './backup.ts';
import { BAN_ROUTES } from './bans.ts';
import { EXPLAIN_ROUTES } from './explain.ts';
import { FIRST_OWNER_ROUTES } from './first-owner.ts';
import { GROUP_ROUTES } from './groups.ts';
import { LIVE_ROUTES } from './live.ts';
import { LOGIN_ROUTES } from './login.ts';
import { PASSKEY_ROUTES } from './passkeys.ts';
import { RULE_ROUTES } from './rules.ts';
import { SERVER_ROUTES } from './server.ts';
import { SESSION_ROUTES } from './sessions.ts';
import { TOKEN_ROUTES } from './tokens.ts';

/** Every route but that of the document, which is made of them. */
export const ROUTES: readonly Route[] = [
  ...LOGIN_ROUTES,
  ...PASSKEY_ROUTES,
  ...FIRST_OWNER_ROUTES,
  ...SESSION_ROUTES,
  ...LIVE_ROUTES,
  ...BAN_ROUTES,
  ...ACCOUNT_ROUTES,
  ...GROUP_ROUTES,
  ...ADMINISTRATOR_ROUTES,
  ...TOKEN_ROUTES,
  ...RULE_ROUTES,
  ...EXPLAIN_ROUTES,
  ...SERVER_ROUTES,
  ...BACKUP_ROUTES,
];
