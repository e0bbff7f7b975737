import {
  type AdministratorStore,
  type AdminRole,
  background,
  cookieValue,
  isAtLeast,
  isForeign,
  sessionCookie,
} from '../../core/index.ts';
import { isSecretOf, parseAdminToken } from '../../identity/index.ts';
import { type AdminSession, type AdminSessions, basisOf } from './admin-sessions.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';
import type { HttpRequest } from './messages.ts';

/** Whoever asks for something, as it holds at this moment. */
export interface Actor {
  readonly administrator: string;
  readonly role: AdminRole;
  /** Undefined: the whole server. */
  readonly groups: readonly string[] | undefined;
  readonly address: string;
  /** Of a program, the id of its token. */
  readonly token?: string;
  /** Of a browser. */
  readonly session?: AdminSession;
  /** It must set another password before anything else. */
  readonly mustChangePassword: boolean;
}

/** Noting the use of a token more often would tell nobody more. */
const NOTE_EVERY_MS = 60_000;

/**
 * Who asks. The administrator is read anew each time, so that what was taken away is gone at once.
 * @param isActive whether a session is used by it; false: it goes on towards the end of its idle time
 */
export async function actorOf(
  request: HttpRequest,
  { administrators, sessions }: { readonly administrators: AdministratorStore; readonly sessions: AdminSessions },
  { isActive }: { readonly isActive: boolean } = { isActive: true },
): Promise<Actor | ApiFailure> {
  const { authorization } = request.headers;
  if (authorization !== undefined) return actorOfToken(request, authorization, administrators);
  const cookie = cookieOf(request) ?? '';
  // What a page asks by itself is no use of the session.
  const isUse = isActive && request.headers['x-lockport-background'] === undefined;
  const session = isUse ? sessions.find(cookie) : sessions.look(cookie);
  const found = session && (await administrators.find(session.administrator));
  if (!found || found.disabled || basisOf(found) !== session.basis) {
    return apiFailure('not-signed-in', 'Sign in by POST /api/v1/login, or send Authorization: Bearer TOKEN');
  }
  const { name, role, groups, mustChangePassword } = found;
  return {
    administrator: name,
    role,
    mustChangePassword,
    groups: groups.length > 0 ? groups : undefined,
    address: request.address,
    session,
  };
}

async function actorOfToken(
  { address }: HttpRequest,
  authorization: string,
  administrators: AdministratorStore,
): Promise<Actor | ApiFailure> {
  const given = parseAdminToken(/^bearer +(\S+)$/i.exec(authorization)?.[1] ?? '');
  const token = given && (await administrators.findToken(given.id));
  const found = token && (await administrators.find(token.administrator));
  if (!found || !isSecretOf(given.secret, token.secretHash) || found.disabled) {
    return apiFailure('not-signed-in', 'There is no such token: make one by "lockport admin token add"');
  }
  if (token.expires.getTime() <= Date.now()) {
    return apiFailure('token-over', 'The token is over: make another one by "lockport admin token add"');
  }
  if (Date.now() - (token.lastUsedAt?.getTime() ?? 0) > NOTE_EVERY_MS) {
    background(administrators.recordTokenUse(token.id), () => undefined);
  }
  const { name, role, groups } = found;
  return {
    administrator: name,
    role: isAtLeast(role, token.role) ? token.role : role,
    mustChangePassword: false,
    groups: groups.length > 0 ? groups : undefined,
    address,
    token: token.id,
  };
}

/** Why a change that a browser asks for may be another site's doing; undefined where it can't be. */
export function forgery({ method, headers, isSecure }: HttpRequest, { session }: Actor): ApiFailure | undefined {
  if (!session || method === 'GET' || method === 'HEAD') return undefined;
  return foreignOrigin(headers, isSecure) ?? (headers['x-csrf-token'] === session.csrf ? undefined : FORGED);
}

/** Browsers say where a request comes from; what comes from another site is refused, a login too. */
export function foreignOrigin(headers: HttpRequest['headers'], isSecure: boolean): ApiFailure | undefined {
  return isForeign(headers, isSecure) ? FOREIGN : undefined;
}

const COOKIE = 'lockport-admin';
const FOREIGN = apiFailure('forged-request', 'Requests of other sites are refused');
const FORGED = apiFailure('forged-request', 'Send the token of the session (GET /api/v1/me) as x-csrf-token');

/** The value of our cookie. */
export function cookieOf({ headers, isSecure }: Pick<HttpRequest, 'headers' | 'isSecure'>): string | undefined {
  return cookieValue(COOKIE, headers.cookie, isSecure);
}

/** The header that sets the cookie; an empty value takes it away. */
export function setCookie(value: string, isSecure: boolean): string {
  return sessionCookie(COOKIE, value, isSecure);
}
