import { type AdminToken, isAtLeast } from '../../core/index.ts';
import { newAdminToken } from '../../identity/index.ts';
import type { Actor } from './actor.ts';
import type { AdminDesk } from './admin-desk.ts';
import { told } from './administrator-desk.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';

/** A token without its hash. */
export interface ShownToken extends Pick<AdminToken, 'id' | 'administrator' | 'label' | 'role'> {
  readonly createdAt: string;
  readonly expires: string;
  readonly lastUsedAt?: string;
}

type Desk = Pick<AdminDesk, 'administrators' | 'service'>;
type GivenToken = Pick<AdminToken, 'label' | 'role' | 'expires'> & { readonly administrator: string };

const DAY_MS = 86_400_000;

export function shownToken({ id, administrator, label, role, createdAt, expires, lastUsedAt }: AdminToken): ShownToken {
  return {
    id,
    administrator,
    label,
    role,
    createdAt: createdAt.toISOString(),
    expires: expires.toISOString(),
    ...(lastUsedAt && { lastUsedAt: lastUsedAt.toISOString() }),
  };
}

/** The tokens of whoever asks, or of another administrator. */
export async function tokensOf(desk: Desk, actor: Actor, name: string): Promise<readonly AdminToken[] | ApiFailure> {
  if (!isItsOwn(actor, name)) return NOT_ITS_OWN;
  if (!(await desk.administrators.find(name))) return noAdministrator(name);
  return desk.administrators.tokens(name);
}

/** Makes a token. Its text is in the answer alone. */
export async function addToken(
  { administrators, service }: Desk,
  actor: Actor,
  { administrator, ...given }: GivenToken,
): Promise<{ readonly token: AdminToken; readonly text: string } | ApiFailure> {
  // One that was stolen would live on in those that it has made.
  if (!actor.session) return apiFailure('not-allowed', 'A token makes no other: sign in by a password');
  if (!isItsOwn(actor, administrator)) return NOT_ITS_OWN;
  const holder = await administrators.find(administrator);
  if (!holder) return noAdministrator(administrator);
  if (!isAtLeast(holder.role, given.role) || !isAtLeast(actor.role, given.role)) {
    return apiFailure('not-allowed', `A token may do no more than its administrator, whose role is ${holder.role}`);
  }
  const { maxAdminTokenDays, maxAdminTokens } = service.limits();
  const lifetimeMs = given.expires.getTime() - Date.now();
  if (lifetimeMs <= 0) return apiFailure('invalid-request', 'The token would be over already: choose a later moment');
  if (lifetimeMs > maxAdminTokenDays * DAY_MS) {
    return apiFailure('invalid-request', `A token lasts ${maxAdminTokenDays} days at most: choose an earlier moment`);
  }
  const { id, text, secretHash } = newAdminToken();
  const token = { id, administrator, ...given, secretHash, createdAt: new Date() };
  return told(async () => {
    await administrators.addToken(token, maxAdminTokens);
    return { token, text };
  });
}

/** Takes a token back at once. Gives what it was. */
export async function revokeToken(
  { administrators }: Desk,
  actor: Actor,
  id: string,
): Promise<AdminToken | ApiFailure> {
  const token = await administrators.findToken(id);
  if (!token || !isItsOwn(actor, token.administrator)) return apiFailure('no-such-token', 'There is no such token');
  // One that may read alone would else take away those by which others act.
  if (!isAtLeast(actor.role, token.role)) {
    return apiFailure('not-allowed', `The token may do more than what revokes it: that takes the role ${token.role}`);
  }
  return told(async () => {
    await administrators.removeToken(id);
    return token;
  });
}

/** Owners of the whole server look after the tokens of all. */
function isItsOwn({ administrator, role, groups }: Actor, name: string): boolean {
  return name === administrator || (role === 'owner' && groups === undefined);
}

const NOT_ITS_OWN = apiFailure('not-allowed', 'Tokens of others are for owners without a limit to groups');

function noAdministrator(name: string): ApiFailure {
  return apiFailure('no-such-administrator', `There is no administrator ${JSON.stringify(name)}`);
}
