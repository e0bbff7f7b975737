import { z } from 'zod';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type ApiCall, type Route, route } from '../route.ts';
import { askOf } from './ask.ts';
import { PAGE_QUERY, pageFrom, pageSchema } from './page.ts';
import { carriedOut } from './procedure.ts';
import { ENDED, SESSION, STATUS, TRANSFER, WORKER } from './schemas.ts';

const REASON = z.string().min(1).max(200).optional().describe('Told to the client');

export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/status',
    summary: 'How the server does',
    role: 'auditor',
    reach: 'server',
    answer: STATUS,
    async act({ desk }) {
      const body = await carriedOut(desk, 'status', {});
      return isApiFailure(body) ? body : { body };
    },
  }),

  route({
    method: 'GET',
    path: '/sessions',
    summary: 'The open sessions, and the workers that they are in',
    role: 'auditor',
    reach: 'groups',
    query: z.strictObject({ ...PAGE_QUERY, account: z.string().max(512).optional() }),
    answer: pageSchema('sessions', SESSION).extend({ workers: z.array(WORKER) }),
    async act(call) {
      const { query, desk } = call;
      const found = await sessionsWithin(call);
      if (isApiFailure(found)) return found;
      const wanted = found.sessions.filter(({ account }) => query.account === undefined || account === query.account);
      const { entries, ...next } = pageFrom(wanted, keyOf, query, desk.service.limits().maxAdminPage);
      return { body: { sessions: entries, workers: found.workers, ...next } };
    },
  }),

  route({
    method: 'GET',
    path: '/transfers',
    summary: 'The transfers that run, with their sessions',
    role: 'auditor',
    reach: 'groups',
    query: z.strictObject(PAGE_QUERY),
    answer: pageSchema('transfers', SESSION.extend({ transfer: TRANSFER })),
    async act(call) {
      const found = await sessionsWithin(call);
      if (isApiFailure(found)) return found;
      const running = found.sessions.filter(({ transfer }) => transfer !== undefined);
      const { entries, ...next } = pageFrom(running, keyOf, call.query, call.desk.service.limits().maxAdminPage);
      return { body: { transfers: entries, ...next } };
    },
  }),

  route({
    method: 'DELETE',
    path: '/sessions/{session}',
    summary: 'End a session',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    query: z.strictObject({ reason: REASON }),
    answer: z.strictObject({ sessions: z.array(ENDED) }),
    async act(call) {
      const { params, query, desk } = call;
      const session = params['session'] ?? '';
      const found = await sessionsWithin(call);
      if (isApiFailure(found)) return found;
      const wanted = found.sessions.find((each) => each.session === session);
      if (!wanted) return apiFailure('no-such-session', 'There is no such session (any more)');
      const refusal = await controlRefusal(call, wanted.account);
      if (refusal) return refusal;
      const body = await carriedOut(desk, 'endSessions', { which: { session }, ...withReason(query.reason) });
      return isApiFailure(body) ? body : { body, after: body };
    },
  }),

  route({
    method: 'POST',
    path: '/sessions/end',
    summary: 'End all sessions of an account',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    body: z.strictObject({ account: z.string().max(512), reason: REASON }),
    answer: z.strictObject({ sessions: z.array(ENDED) }),
    targetOf: ({ body }) => ({ account: body.account }),
    async act(call) {
      const { account, reason } = call.body;
      const { desk } = call;
      const refusal = await controlRefusal(call, account);
      if (refusal) return refusal;
      const body = await carriedOut(desk, 'endSessions', { which: { account }, ...withReason(reason) });
      return isApiFailure(body) ? body : { body, after: { account, ...body } };
    },
  }),
];

/** All sessions; to whoever is limited to groups, those of their accounts. */
async function sessionsWithin({ desk, actor }: Pick<ApiCall<unknown, unknown>, 'desk' | 'actor'>) {
  const found = await carriedOut(desk, 'sessions', {});
  if (isApiFailure(found) || !actor.groups) return found;
  const names = new Set(await desk.accounts.call('names', askOf(actor, desk)));
  const sessions = found.sessions.filter(({ account }) => account !== undefined && names.has(account));
  return { workers: [], sessions };
}

/** As for every other action on an account. Sessions of an account that was removed are for whoever has no limit. */
async function controlRefusal({ desk, actor }: Pick<ApiCall<unknown, unknown>, 'desk' | 'actor'>, account = '') {
  return actor.groups && (await desk.accounts.call('control', { ...askOf(actor, desk), name: account }));
}

function keyOf({ since, session }: { readonly since: string; readonly session: string }): string {
  return `${since} ${session}`;
}

function withReason(reason: string | undefined): { readonly reason?: string } {
  return reason === undefined ? {} : { reason };
}
