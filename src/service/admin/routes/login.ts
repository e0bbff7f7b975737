import { z } from 'zod';
import { type Actor, cookieOf, foreignOrigin, setCookie } from '../actor.ts';
import { setOwnPassword } from '../administrator-desk.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { ME } from './schemas.ts';

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
      // Whatever session there was: one that somebody else has set must not become this one.
      desk.sessions.end(cookieOf(request) ?? '');
      const { cookie, session } = desk.sessions.begin(found);
      const { name, role, groups, mustChangePassword } = found;
      const reach = groups.length > 0 ? groups : null;
      return {
        body: { administrator: name, role, groups: reach, csrf: session.csrf, mustChangePassword },
        headers: { 'set-cookie': setCookie(cookie, request.isSecure) },
      };
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
];

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
