import { z } from 'zod';
import { EXPLAIN } from '../../operators/index.ts';
import { isApiFailure } from '../api-failure.ts';
import { type Route, route } from '../route.ts';
import { carriedOut } from './procedure.ts';

const MOMENT = z.iso.datetime();

const DECIDED_BY = z.strictObject({
  text: z.string(),
  rule: z.looseObject({ kind: z.enum(['field', 'right', 'account', 'ban', 'setting']) }).optional(),
  origin: z.strictObject({ from: z.enum(['account', 'group', 'initial']), group: z.string().optional() }).optional(),
  change: z.string().optional(),
});

const FAILURE = z.strictObject({
  at: MOMENT,
  kind: z.enum(['connection', 'handshake', 'login']),
  code: z.string(),
  reason: z.string(),
  user: z.string().optional(),
  tls: z.looseObject({}).describe('What the client offered, and what the server accepts').optional(),
  words: z.string().describe('What went wrong, and what to change at which end'),
});

const EXPLANATION = z
  .strictObject({
    account: z.string().optional(),
    command: z.string().optional(),
    path: z.string().optional(),
    from: z.string().optional(),
    verdict: z.enum(['allowed', 'refused']).optional(),
    reply: z.strictObject({ code: z.int(), text: z.string() }).optional(),
    decidedBy: DECIDED_BY.optional(),
    facts: z.array(z.strictObject({ subject: z.string(), text: z.string(), origin: z.string().optional() })),
    assumed: z.array(z.string()),
    unknown: z.array(z.string()),
    failures: z.array(FAILURE),
  })
  .meta({ id: 'Explanation' });

export const EXPLAIN_ROUTES: readonly Route[] = [
  route({
    method: 'POST',
    path: '/explain',
    summary:
      'Whether an account may do something and what decides, and what failed from an address; nothing is changed',
    role: 'auditor',
    reach: 'server',
    body: EXPLAIN,
    answer: EXPLANATION,
    async act({ body: request, desk }) {
      const body = await carriedOut(desk, 'explain', request);
      return isApiFailure(body) ? body : { body };
    },
  }),
];
