import { z } from 'zod';
import { isWithin, PRESETS, ROOT, resolvePath, StorageError, type VirtualPath } from '../../../core/index.ts';
import type { PasswordAsk, Versioned } from '../account-procedures.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { FIELD_PLACE, OWN_SETTINGS } from '../field-schemas.ts';
import { type ApiAnswer, type Route, route } from '../route.ts';
import { askOf } from './ask.ts';
import { PAGE_QUERY, pageSchema } from './page.ts';
import { ACCOUNT, LISTED_ACCOUNT, MADE_ACCOUNT, PRESET, RIGHTS_BELOW, TOTP } from './schemas.ts';

const NAME = z.string().min(1).max(512);
const PASSWORD = z.string().max(4096);
const USAGE = z.strictObject({ bytes: z.int(), files: z.int() });

/** Changes of single fields. */
export const CHANGES = {
  inherit: z.array(FIELD_PLACE).max(100).default([]).describe('Fields that are to be inherited again'),
};

export const ACCOUNT_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/presets',
    summary: 'Usual cases of accounts, as settings to begin with',
    role: 'auditor',
    reach: 'groups',
    answer: z.strictObject({ presets: z.array(PRESET) }),
    act: () => ({ body: { presets: Object.entries(PRESETS).map(([name, preset]) => ({ name, ...preset })) } }),
  }),

  route({
    method: 'GET',
    path: '/accounts',
    summary: 'The accounts, by name',
    role: 'auditor',
    reach: 'groups',
    query: z.strictObject({ ...PAGE_QUERY, group: z.string().max(512).optional() }),
    answer: pageSchema('accounts', LISTED_ACCOUNT),
    async act({ query: { limit, after = '', group }, actor, desk }) {
      const most = desk.service.limits().maxAdminPage;
      const asked = { ...askOf(actor, desk), after, limit: Math.min(limit ?? most, most) };
      const { entries, ...next } = await desk.accounts.call('list', {
        ...asked,
        ...(group !== undefined && { group }),
      });
      return { body: { accounts: entries, ...next } };
    },
  }),

  route({
    method: 'POST',
    path: '/accounts',
    summary: 'Add an account, and make its directories',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    status: 201,
    body: z.strictObject({
      name: NAME,
      settings: OWN_SETTINGS.default({}),
      password: PASSWORD.optional(),
      generate: z.boolean().optional().describe('Make a password, and show it this once'),
    }),
    answer: MADE_ACCOUNT,
    targetOf: ({ body }) => ({ account: body.name }),
    async act({ body, actor, desk }) {
      if (body.password !== undefined && body.generate)
        return apiFailure('invalid-request', 'Either password or generate');
      return shown(await desk.accounts.call('add', { ...askOf(actor, desk), ...body }));
    },
  }),

  route({
    method: 'GET',
    path: '/accounts/{account}',
    summary: 'An account, with what it inherits and from where',
    role: 'auditor',
    reach: 'groups',
    answer: ACCOUNT,
    act: async ({ params, actor, desk }) =>
      shown(await desk.accounts.call('read', { ...askOf(actor, desk), name: params['account'] ?? '' })),
  }),

  route({
    method: 'PATCH',
    path: '/accounts/{account}',
    summary: 'Change single fields; If-Match says which version was seen',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    body: z.strictObject({ set: OWN_SETTINGS.default({}), ...CHANGES }),
    answer: ACCOUNT,
    async act({ params, body, request, actor, desk }) {
      const asked = { ...askOf(actor, desk), name: params['account'] ?? '', version: request.headers['if-match'] };
      return shown(await desk.accounts.call('change', { ...asked, ...body }));
    },
  }),

  route({
    method: 'DELETE',
    path: '/accounts/{account}',
    summary: 'Remove an account; its files stay, its sessions end',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    async act({ params, request, actor, desk }) {
      const asked = { ...askOf(actor, desk), name: params['account'] ?? '', version: request.headers['if-match'] };
      const removed = await desk.accounts.call('remove', asked);
      return isApiFailure(removed) ? removed : { before: removed.before };
    },
  }),

  route({
    method: 'POST',
    path: '/accounts/{account}/password',
    summary: 'Set a password, or make one; sessions end',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    body: z.union([z.strictObject({ password: PASSWORD }), z.strictObject({ generate: z.literal(true) })]),
    answer: z.strictObject({ password: z.string().optional().describe('A generated one, this once') }),
    async act({ params, body, actor, desk }) {
      const given: PasswordAsk = body;
      const asked = { ...askOf(actor, desk), name: params['account'] ?? '', ...given };
      const set = await desk.accounts.call('setPassword', asked);
      return isApiFailure(set) ? set : { body: set, after: { password: 'set' } };
    },
  }),

  route({
    method: 'POST',
    path: '/accounts/{account}/totp',
    summary: 'Make a second factor, in place of one that there may be; sessions end',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    answer: TOTP,
    async act({ params, actor, desk }) {
      const made = await desk.accounts.call('setTotp', { ...askOf(actor, desk), name: params['account'] ?? '' });
      return isApiFailure(made) ? made : { body: made, after: { totp: 'set' } };
    },
  }),

  route({
    method: 'DELETE',
    path: '/accounts/{account}/totp',
    summary: 'Take the second factor away; sessions end',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    async act({ params, actor, desk }) {
      const done = await desk.accounts.call('removeTotp', { ...askOf(actor, desk), name: params['account'] ?? '' });
      return isApiFailure(done) ? done : { after: { totp: 'removed' } };
    },
  }),

  route({
    method: 'POST',
    path: '/accounts/{account}/unlock',
    summary: 'Lift a lock after too many wrong passwords',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    async act({ params, actor, desk }) {
      const done = await desk.accounts.call('unlock', { ...askOf(actor, desk), name: params['account'] ?? '' });
      return isApiFailure(done) ? done : {};
    },
  }),

  route({
    method: 'GET',
    path: '/accounts/{account}/quota',
    summary: 'The quota of an account, and what its home takes as far as the server has counted it',
    role: 'auditor',
    reach: 'groups',
    answer: z.strictObject({
      home: z.string(),
      bytes: z.int().nullable(),
      files: z.int().nullable(),
      used: USAGE.nullable(),
    }),
    async act({ params, actor, desk }) {
      const found = await desk.accounts.call('read', { ...askOf(actor, desk), name: params['account'] ?? '' });
      if (isApiFailure(found)) return found;
      const { home, quota } = found.entry.settings as { readonly home: VirtualPath; readonly quota?: QuotaShown };
      const used = desk.used(home);
      return { body: { home, bytes: quota?.bytes ?? null, files: quota?.files ?? null, used: used ?? null } };
    },
  }),

  route({
    method: 'GET',
    path: '/accounts/{account}/rights',
    summary: 'What an account may do at a path, by rights and mounts together; `from` is where that begins to hold',
    role: 'auditor',
    reach: 'groups',
    query: z.strictObject({ path: z.string().max(4096) }),
    answer: z.strictObject({ path: z.string(), from: z.string(), ...RIGHTS_BELOW.omit({ path: true }).shape }),
    async act({ params, query, actor, desk }) {
      const path = virtualPath(query.path);
      if (path === undefined) return apiFailure('invalid-request', 'query.path: no path of files');
      const found = await desk.accounts.call('read', { ...askOf(actor, desk), name: params['account'] ?? '' });
      if (isApiFailure(found)) return found;
      const covering = found.entry.effectiveRights.filter((each) => isWithin(each.path, path));
      const { path: from, ...held } = covering.reduce((deepest, each) =>
        each.path.length > deepest.path.length ? each : deepest,
      );
      return { body: { path, from, ...held } };
    },
  }),

  route({
    method: 'POST',
    path: '/accounts/{account}/recount',
    summary: 'Count what lies in the home of an account anew',
    role: 'operator',
    reach: 'groups',
    isRecorded: true,
    answer: USAGE,
    async act({ params, actor, desk }) {
      const used = await desk.slow.call('recount', { ...askOf(actor, desk), name: params['account'] ?? '' });
      return isApiFailure(used) ? used : { body: used, after: used };
    },
  }),
];

function virtualPath(text: string): VirtualPath | undefined {
  try {
    return resolvePath(ROOT, text);
  } catch (error) {
    if (error instanceof StorageError) return undefined;
    throw error;
  }
}

interface QuotaShown {
  readonly bytes?: number;
  readonly files?: number;
}

/** What was read or made, with its version. */
export function shown<Entry extends { readonly name: string }>(
  found: Versioned<Entry> | ReturnType<typeof apiFailure>,
): ApiAnswer | ReturnType<typeof apiFailure> {
  if (isApiFailure(found)) return found;
  const { entry, etag, before, password } = found;
  return {
    body: { ...entry, ...(password !== undefined && { password }) },
    headers: { etag },
    ...(before && { before }),
    after: 'own' in entry ? entry.own : 'settings' in entry ? entry.settings : undefined,
  };
}
