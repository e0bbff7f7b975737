import { z } from 'zod';
import { isApiFailure } from '../api-failure.ts';
import { GROUP_SETTINGS } from '../field-schemas.ts';
import { type Route, route } from '../route.ts';
import { CHANGES, shown } from './accounts.ts';
import { askOf } from './ask.ts';
import { PAGE_QUERY, pageSchema } from './page.ts';
import { GROUP, LISTED_GROUP } from './schemas.ts';

export const GROUP_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/groups',
    summary: 'The groups, by name',
    role: 'auditor',
    reach: 'groups',
    query: z.strictObject(PAGE_QUERY),
    answer: pageSchema('groups', LISTED_GROUP),
    async act({ query: { limit, after = '' }, actor, desk }) {
      const most = desk.service.limits().maxAdminPage;
      const asked = { ...askOf(actor, desk), after, limit: Math.min(limit ?? most, most) };
      const { entries, ...next } = await desk.accounts.call('listGroups', asked);
      return { body: { groups: entries, ...next } };
    },
  }),

  route({
    method: 'POST',
    path: '/groups',
    summary: 'Add a group',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    status: 201,
    body: z.strictObject({ name: z.string().min(1).max(512), settings: GROUP_SETTINGS.default({}) }),
    answer: GROUP,
    targetOf: ({ body }) => ({ group: body.name }),
    act: async ({ body, actor, desk }) =>
      shown(await desk.accounts.call('addGroup', { ...askOf(actor, desk), ...body })),
  }),

  route({
    method: 'GET',
    path: '/groups/{group}',
    summary: 'A group',
    role: 'auditor',
    reach: 'groups',
    answer: GROUP,
    act: async ({ params, actor, desk }) =>
      shown(await desk.accounts.call('readGroup', { ...askOf(actor, desk), name: params['group'] ?? '' })),
  }),

  route({
    method: 'PATCH',
    path: '/groups/{group}',
    summary: 'Change single fields; If-Match says which version was seen',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    body: z.strictObject({ set: GROUP_SETTINGS.default({}), ...CHANGES }),
    answer: GROUP,
    async act({ params, body, request, actor, desk }) {
      const asked = { ...askOf(actor, desk), name: params['group'] ?? '', version: request.headers['if-match'] };
      return shown(await desk.accounts.call('changeGroup', { ...asked, ...body }));
    },
  }),

  route({
    method: 'DELETE',
    path: '/groups/{group}',
    summary: 'Remove a group that no account is in',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    async act({ params, request, actor, desk }) {
      const asked = { ...askOf(actor, desk), name: params['group'] ?? '', version: request.headers['if-match'] };
      const removed = await desk.accounts.call('removeGroup', asked);
      return isApiFailure(removed) ? removed : { before: removed.before };
    },
  }),
];
