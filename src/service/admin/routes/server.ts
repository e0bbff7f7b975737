import { z } from 'zod';
import { TlsSettingsError } from '../../../transport/index.ts';
import { CertificateError } from '../../certificate/index.ts';
import { POLICY_NAMES } from '../../policy/demands.ts';
import type { Actor } from '../actor.ts';
import type { AdminDesk } from '../admin-desk.ts';
import { type ApiFailure, apiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { askOf } from './ask.ts';
import { carriedOut } from './procedure.ts';
import { SETTING, VERDICT } from './report-schemas.ts';
import { CERTIFICATE, CRYPTO, POLICY, RECORD } from './schemas.ts';

const CERTIFICATES = z.strictObject({ certificates: z.array(CERTIFICATE) });

export const SERVER_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/certificates',
    summary: 'The certificates that clients see, and the days that are left',
    role: 'auditor',
    reach: 'server',
    answer: CERTIFICATES,
    async act({ desk }) {
      const status = await carriedOut(desk, 'status', {});
      return isApiFailure(status) ? status : { body: { certificates: status.certificates } };
    },
  }),

  route({
    method: 'POST',
    path: '/certificates/reload',
    summary: 'Read certificates and keys anew, for sessions from now on',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    answer: CERTIFICATES,
    async act({ desk }) {
      const before = await carriedOut(desk, 'status', {});
      try {
        await desk.reloadCertificates();
      } catch (error) {
        const isTold = error instanceof CertificateError || error instanceof TlsSettingsError;
        if (isTold) return apiFailure('failed', `${error.message}; the certificates of before go on`);
        throw error;
      }
      const status = await carriedOut(desk, 'status', {});
      if (isApiFailure(status)) return status;
      const { certificates } = status;
      return { body: { certificates }, before: isApiFailure(before) ? [] : before.certificates, after: certificates };
    },
  }),

  route({
    method: 'GET',
    path: '/configuration',
    summary: 'Every setting, its value in force and where that was given; secrets are in files, which are only named',
    role: 'auditor',
    reach: 'server',
    answer: z.strictObject({ settings: z.array(SETTING) }),
    // What is not set has no value, which JSON says as null.
    act: ({ desk }) => ({
      body: { settings: desk.settings().map(({ value = null, ...rest }) => ({ ...rest, value })) },
    }),
  }),

  route({
    method: 'GET',
    path: '/audit',
    summary:
      'Records of the audit trail, the oldest or the newest first; whoever is limited to groups names an account',
    role: 'auditor',
    reach: 'groups',
    isRecorded: true,
    query: z.strictObject({
      account: z.string().max(512).optional(),
      path: z.string().max(4096).optional(),
      since: z.iso.datetime().optional(),
      until: z.iso.datetime().optional(),
      event: z.string().max(64).optional(),
      address: z.string().max(64).optional(),
      outcome: z.string().max(64).optional(),
      order: z.enum(['oldest', 'newest']).optional().describe('Which come first; by default the oldest'),
      limit: z.coerce.number().int().min(1).max(500).optional(),
      after: z.coerce.number().int().min(0).optional(),
    }),
    answer: z.strictObject({ records: z.array(RECORD), next: z.string().optional() }),
    targetOf: ({ query: { account, path, since, until, event, address, outcome } }) => ({
      account,
      path,
      since,
      until,
      event,
      address,
      outcome,
    }),
    async act({ query, desk, actor, signal }) {
      const { since, until, limit = 100, after, order, ...rest } = query;
      const earliest = await earliestFor(actor, rest.account, desk);
      if (typeof earliest === 'object') return earliest;
      const given = {
        ...rest,
        since: laterOf(earliest, since === undefined ? undefined : Date.parse(since)),
        until: until === undefined ? undefined : Date.parse(until),
      };
      const asked = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const body = await desk.slow.call(
        'searchRecords',
        { query: asked, after, limit, isNewestFirst: order === 'newest' },
        signal,
      );
      return isApiFailure(body) ? body : { body };
    },
  }),

  route({
    method: 'POST',
    path: '/audit/verify',
    summary: 'Prove that no record was altered, removed or put in',
    role: 'auditor',
    reach: 'server',
    isRecorded: true,
    answer: VERDICT,
    async act({ desk, signal }) {
      const body = await desk.slow.call('verifyRecords', undefined, signal);
      return isApiFailure(body) ? body : { body, after: { isWhole: body.isWhole } };
    },
  }),

  route({
    method: 'GET',
    path: '/crypto',
    summary: 'By which TLS or SSH each account has last signed in, and whom a stricter profile would lock out',
    role: 'auditor',
    reach: 'server',
    answer: CRYPTO,
    async act({ desk }) {
      const { tls, listeners } = desk.configuration();
      return { body: await desk.slow.call('cryptoReport', { tls, listeners }) };
    },
  }),

  route({
    method: 'GET',
    path: '/policy',
    summary: 'What a policy demands, and what of that is met: the report for whoever audits',
    role: 'auditor',
    reach: 'server',
    query: z.strictObject({
      policy: z.enum(POLICY_NAMES).optional().describe('By default the one that is set'),
    }),
    answer: POLICY,
    async act({ query, desk }) {
      const configuration = desk.configuration();
      const policy = query.policy ?? configuration.policy;
      if (policy === undefined) {
        return apiFailure('invalid-request', `No policy is set: name one of ${POLICY_NAMES.join(', ')}`);
      }
      return { body: await desk.slow.call('policyReport', { policy, configuration, settings: desk.settings() }) };
    },
  }),
];

/** Since when whoever asks may read records of that account, in ms since 1970; undefined: since ever. */
async function earliestFor(
  actor: Actor,
  account: string | undefined,
  desk: AdminDesk,
): Promise<number | undefined | ApiFailure> {
  if (!actor.groups) return undefined;
  const read =
    account === undefined ? undefined : await desk.accounts.call('read', { ...askOf(actor, desk), name: account });
  // Before it was made, another account may have had the name, of a group out of reach.
  if (read && !isApiFailure(read)) return Date.parse(read.entry.createdAt);
  return apiFailure('not-allowed', 'Name an account of your groups: ?account=NAME');
}

function laterOf(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
}
