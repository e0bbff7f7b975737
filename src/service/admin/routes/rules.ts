import { z } from 'zod';
import { tryRules } from '../../rules/index.ts';
import { apiFailure, isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { carriedOut } from './procedure.ts';
import { RULE, TRIAL } from './report-schemas.ts';

export const RULE_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/rules',
    summary: 'The rules, and how far each has come',
    role: 'auditor',
    reach: 'server',
    answer: z.strictObject({ rules: z.array(RULE) }),
    async act({ desk }) {
      const body = await carriedOut(desk, 'rules', {});
      return isApiFailure(body) ? body : { body };
    },
  }),

  route({
    method: 'GET',
    path: '/rules/{rule}',
    summary: 'A rule with its dead letters',
    role: 'auditor',
    reach: 'server',
    answer: RULE,
    async act({ params, desk }) {
      const found = await carriedOut(desk, 'rules', { rule: params['rule'] ?? '' });
      if (isApiFailure(found)) return found;
      const [rule] = found.rules;
      return rule ? { body: rule } : apiFailure('no-such-rule', 'There is no such rule');
    },
  }),

  route({
    method: 'POST',
    path: '/rules/test',
    summary: 'What the rules would do with an event; nothing is done',
    role: 'auditor',
    reach: 'server',
    body: z.looseObject({ kind: z.string() }),
    answer: z.strictObject({ rules: z.array(TRIAL) }),
    async act({ body, desk }) {
      try {
        return { body: { rules: await tryRules(desk.configuration(), body) } };
      } catch (error) {
        if (error instanceof z.ZodError) return apiFailure('invalid-request', z.prettifyError(error));
        throw error;
      }
    },
  }),

  route({
    method: 'POST',
    path: '/rules/{rule}/retry',
    summary: 'Try dead letters again: that of one event, or all',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    body: z.strictObject({ event: z.string().max(1024).optional() }),
    answer: z.strictObject({ retried: z.int(), left: z.int() }),
    async act({ params, body: { event }, desk }) {
      const rule = params['rule'] ?? '';
      const body = await carriedOut(desk, 'retryDeadLetters', { rule, ...(event !== undefined && { event }) });
      return isApiFailure(body) ? body : { body, after: body };
    },
  }),

  route({
    method: 'POST',
    path: '/rules/{rule}/replay',
    summary: 'Let a rule act once more on what happened in that time',
    role: 'operator',
    reach: 'server',
    isRecorded: true,
    body: z.strictObject({ since: z.iso.datetime(), until: z.iso.datetime().optional() }),
    answer: z.strictObject({ replayed: z.int() }),
    targetOf: ({ body }) => ({ since: body.since, until: body.until }),
    async act({ params, body: { since, until }, desk }) {
      const body = await carriedOut(desk, 'replayRule', {
        rule: params['rule'] ?? '',
        since: Date.parse(since),
        ...(until !== undefined && { until: Date.parse(until) }),
      });
      return isApiFailure(body) ? body : { body, after: body };
    },
  }),
];
