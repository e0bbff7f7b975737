import { z } from 'zod';
import type { AdministratorRecord } from '../../../core/index.ts';
import { totpStepOf } from '../../../identity/index.ts';
import { newTotp } from '../../new-totp.ts';
import { type Actor, cookieOf, foreignOrigin, setCookie } from '../actor.ts';
import type { AdminDesk } from '../admin-desk.ts';
import { setOwnPassword, told } from '../administrator-desk.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import type { HttpRequest } from '../messages.ts';
import { type ApiAnswer, type Route, route } from '../route.ts';
import { ME, TOTP } from './schemas.ts';

const LOGIN = z.strictObject({
  name: z.string().max(512),
  password: z.string().max(4096),
  code: z.string().max(16).optional().describe('Of the second factor, where there is one'),
});

export const LOGIN_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/login',
    summary: 'Begin a session, whose cookie is set',
    role: 'anyone',
    reach: 'groups',
    body: LOGIN,
    answer: ME,
    async act({ body, request, desk }) {
      const foreign = foreignOrigin(request.headers, request.isSecure);
      if (foreign) return foreign;
      const found = await desk.login.signIn(body, request.address);
      if (isApiFailure(found)) return found;
      return sessionOf(desk, found, request);
    },
  }),

  route({
    method: 'POST',
    path: '/logout',
    summary: 'End the session',
    role: 'auditor',
    reach: 'groups',
    isForPasswordDue: true,
    isRecorded: true,
    act({ request, desk, actor }) {
      if (!actor.session)
        return apiFailure('invalid-request', 'There is a token and no session: revoke it on the server');
      desk.sessions.end(cookieOf(request) ?? '');
      return { headers: { 'set-cookie': setCookie('', request.isSecure) } };
    },
  }),

  route({
    method: 'GET',
    path: '/me',
    summary: 'Who asks, and what that may do',
    role: 'auditor',
    reach: 'groups',
    isForPasswordDue: true,
    answer: ME,
    act: ({ actor }) => ({ body: meOf(actor) }),
  }),

  route({
    method: 'POST',
    path: '/me/password',
    summary: 'Set another password of oneself; all sessions end, this one too',
    role: 'auditor',
    reach: 'groups',
    isForPasswordDue: true,
    isRecorded: true,
    body: z.strictObject({
      password: z.string().max(4096).describe('The present one'),
      newPassword: z.string().max(4096),
    }),
    async act({ body, request, desk, actor }) {
      if (!actor.session)
        return apiFailure('invalid-request', 'There is a token and no session: sign in by a password');
      const refusal = await desk.login.confirm(actor.administrator, body.password, request.address);
      if (refusal) return refusal;
      if (body.newPassword === body.password) return apiFailure('weak-password', 'That is the present password');
      const failure = await setOwnPassword(desk, actor.administrator, body.newPassword);
      return failure ?? { headers: { 'set-cookie': setCookie('', request.isSecure) }, after: { password: 'set' } };
    },
  }),

  route({
    method: 'GET',
    path: '/me/new-totp',
    summary: 'A secret for an authenticator of oneself, which is not kept until POST /me/totp',
    role: 'auditor',
    reach: 'groups',
    answer: TOTP,
    act: ({ actor }) => ({ body: newTotp(actor.administrator) }),
  }),

  route({
    method: 'POST',
    path: '/me/totp',
    summary: 'Have this authenticator as second factor, once it has shown a code; all sessions end, this one too',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    body: z.strictObject({
      password: z.string().max(4096).describe('The present one'),
      secret: z
        .string()
        .regex(/^[A-Z2-7]{32,128}$/, 'as GET /me/new-totp tells it')
        .describe('Of the authenticator'),
      code: z.string().max(16).describe('That the authenticator shows now'),
    }),
    async act({ body: { password, secret, code }, request, desk, actor }) {
      if (!actor.session)
        return apiFailure('invalid-request', 'There is a token and no session: sign in by a password');
      const refusal = await desk.login.confirm(actor.administrator, password, request.address);
      if (refusal) return refusal;
      // Nobody is locked out by an authenticator that has not got the secret.
      if (totpStepOf(code, secret) === undefined)
        return apiFailure('invalid-request', 'That is not the code that the authenticator shows now: try the next one');
      const failure = await told(() => desk.administrators.setTotpSecret(actor.administrator, secret));
      return failure ?? { headers: { 'set-cookie': setCookie('', request.isSecure) }, after: { totp: 'set' } };
    },
  }),
];

/** Begins the session of somebody who has signed in. */
export function sessionOf(desk: AdminDesk, found: AdministratorRecord, request: HttpRequest): ApiAnswer {
  // Whatever session there was: one that somebody else has set must not become this one.
  desk.sessions.end(cookieOf(request) ?? '');
  const { cookie, session } = desk.sessions.begin(found);
  const { name, role, groups, mustChangePassword } = found;
  const reach = groups.length > 0 ? groups : null;
  return {
    body: { administrator: name, role, groups: reach, csrf: session.csrf, mustChangePassword },
    headers: { 'set-cookie': setCookie(cookie, request.isSecure) },
  };
}

function meOf({ administrator, role, groups, session, token, mustChangePassword }: Actor): z.output<typeof ME> {
  return {
    administrator,
    role,
    groups: groups ? [...groups] : null,
    mustChangePassword,
    ...(session && { csrf: session.csrf }),
    ...(token !== undefined && { token }),
  };
}
