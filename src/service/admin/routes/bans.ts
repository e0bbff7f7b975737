import { z } from 'zod';
import { isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { PAGE_QUERY, pageFrom, pageSchema } from './page.ts';
import { carriedOut } from './procedure.ts';
import { BAN, ENDED } from './schemas.ts';

export const BAN_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/bans',
    summary: 'The networks that nobody may connect from',
    role: 'auditor',
    reach: 'server',
    query: z.strictObject(PAGE_QUERY),
    answer: pageSchema('bans', BAN),
    async act({ query, desk }) {
      const found = await carriedOut(desk, 'bans', {});
      if (isApiFailure(found)) return found;
      const { entries, ...next } = pageFrom(
        found.bans,
        ({ network }) => network,
        query,
        desk.service.limits().maxAdminPage,
      );
      return { body: { bans: entries, ...next } };
    },
  }),

  route({
    method: 'POST',
    path: '/bans',
    summary: 'Ban a network, and end its sessions',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    status: 201,
    body: z.strictObject({
      network: z.string().max(64),
      until: z.iso.datetime().nullable().describe('Null: until it is lifted'),
      reason: z.string().min(1).max(200),
      force: z.boolean().optional().describe('Although it is of very many addresses'),
    }),
    answer: z.strictObject({ ban: BAN, sessions: z.array(ENDED) }),
    targetOf: ({ body }) => ({ network: body.network }),
    async act({ body: { force, ...given }, desk }) {
      const body = await carriedOut(desk, 'addBan', { ...given, ...(force !== undefined && { force }) });
      return isApiFailure(body) ? body : { body, after: body.ban };
    },
  }),

  route({
    method: 'DELETE',
    path: '/bans/{network}',
    summary: 'Lift the ban of exactly this network',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    answer: z.strictObject({ lifted: z.array(BAN) }),
    async act({ params, desk }) {
      const body = await carriedOut(desk, 'liftBan', { network: params['network'] ?? '' });
      return isApiFailure(body) ? body : { body, before: body.lifted };
    },
  }),
];
