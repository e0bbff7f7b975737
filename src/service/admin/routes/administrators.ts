import { z } from 'zod';
import { ADMIN_ROLES } from '../../../core/index.ts';
import type { Actor } from '../actor.ts';
import type { AdminDesk } from '../admin-desk.ts';
import {
  addAdministrator,
  changeAdministrator,
  oneTimePassword,
  resetTotp,
  shownAdministrator,
  told,
} from '../administrator-desk.ts';
import { type ApiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { askOf } from './ask.ts';
import { PAGE_QUERY, pageFrom, pageSchema } from './page.ts';
import { ADMINISTRATOR, ADMINISTRATOR_SHAPE, LISTED_ADMINISTRATOR, TOTP } from './schemas.ts';

const ROLE = z.enum(ADMIN_ROLES);
const GROUPS = z
  .array(z.string().min(1).max(512))
  .max(100)
  .describe('Limits it to their accounts; none: the whole server');
const PASSWORD = z.string().describe('This once; it has to be changed at the first login');

export const ADMINISTRATOR_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/administrators',
    summary: 'The administrators, by name',
    role: 'owner',
    reach: 'server',
    query: z.strictObject(PAGE_QUERY),
    answer: pageSchema('administrators', LISTED_ADMINISTRATOR),
    async act({ query, desk }) {
      const counts = await desk.passkeys.store.counts();
      const all = (await desk.administrators.list()).map((each) => ({
        ...shownAdministrator(each),
        passkeys: counts.get(each.name) ?? 0,
      }));
      const most = desk.service.limits().maxAdminPage;
      const { entries, ...next } = pageFrom(all, ({ administrator }) => administrator, query, most);
      return { body: { administrators: entries, ...next } };
    },
  }),

  route({
    method: 'POST',
    path: '/administrators',
    summary: 'Add an administrator, with a password for its first login',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    status: 201,
    body: z.strictObject({
      name: z.string().min(1).max(512),
      role: ROLE,
      groups: GROUPS.default([]),
      totp: z.boolean().default(true).describe('Make a second factor'),
    }),
    answer: z.strictObject({ ...ADMINISTRATOR_SHAPE, password: PASSWORD, totp: TOTP.optional() }),
    targetOf: ({ body }) => ({ administrator: body.name }),
    async act({ body: { totp, ...given }, desk, actor }) {
      const unknown = await unknownGroup(given.groups, actor, desk);
      if (unknown) return unknown;
      const made = await addAdministrator(desk, given, { totp });
      if (isApiFailure(made)) return made;
      const after = shownAdministrator(made.record);
      return { body: { ...after, password: made.password, ...(made.totp && { totp: made.totp }) }, after };
    },
  }),

  route({
    method: 'PATCH',
    path: '/administrators/{administrator}',
    summary: 'Change role, groups or state; its sessions end',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    body: z.strictObject({ role: ROLE.optional(), groups: GROUPS.optional(), disabled: z.boolean().optional() }),
    answer: ADMINISTRATOR,
    async act({ params, body: { role, groups, disabled }, desk, actor }) {
      const unknown = await unknownGroup(groups ?? [], actor, desk);
      if (unknown) return unknown;
      const changes = { ...(role && { role }), ...(groups && { groups }), ...(disabled !== undefined && { disabled }) };
      const done = await changeAdministrator(desk, params['administrator'] ?? '', changes);
      if (isApiFailure(done)) return done;
      const after = done.after && shownAdministrator(done.after);
      return { ...(after && { body: after, after }), before: shownAdministrator(done.before) };
    },
  }),

  route({
    method: 'DELETE',
    path: '/administrators/{administrator}',
    summary: 'Remove an administrator; its sessions and tokens end',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    async act({ params, desk }) {
      const done = await changeAdministrator(desk, params['administrator'] ?? '', undefined);
      return isApiFailure(done) ? done : { before: shownAdministrator(done.before) };
    },
  }),

  route({
    method: 'POST',
    path: '/administrators/{administrator}/password',
    summary: 'Make a password for its next login; its sessions end',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    answer: z.strictObject({ password: PASSWORD }),
    async act({ params, desk }) {
      const password = await told(() => oneTimePassword(desk, params['administrator'] ?? ''));
      return typeof password === 'string' ? { body: { password }, after: { password: 'set' } } : password;
    },
  }),

  route({
    method: 'POST',
    path: '/administrators/{administrator}/totp',
    summary: 'Make another second factor; its sessions end',
    role: 'owner',
    reach: 'server',
    isRecorded: true,
    answer: TOTP,
    async act({ params, desk }) {
      const totp = await told(() => resetTotp(desk, params['administrator'] ?? ''));
      return isApiFailure(totp) ? totp : { body: totp, after: { totp: 'set' } };
    },
  }),
];

async function unknownGroup(groups: readonly string[], actor: Actor, desk: AdminDesk): Promise<ApiFailure | undefined> {
  for (const name of groups) {
    const found = await desk.accounts.call('readGroup', { ...askOf(actor, desk), name });
    if (isApiFailure(found)) return found;
  }
  return undefined;
}
