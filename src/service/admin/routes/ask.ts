import type { AccountAsk } from '../account-procedures.ts';
import type { Actor } from '../actor.ts';
import type { AdminDesk } from '../admin-desk.ts';

/** What every question about accounts says of whoever asks. */
export function askOf({ administrator, groups, token }: Actor, { configuration }: AdminDesk): AccountAsk {
  const by = `administrator ${administrator}${token === undefined ? '' : ` (token ${token})`}`;
  const { passwords, policy } = configuration();
  return { by, reach: groups, rules: passwords, policy };
}
