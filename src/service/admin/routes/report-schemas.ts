import { z } from 'zod';

/*
 * What reports look like: explanations, rules, statistics, settings, and the verdict on the audit trail.
 */

const MOMENT = z.iso.datetime();
const COUNT = z.int().min(0);

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

export const EXPLANATION = z
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

export const RULE = z
  .looseObject({
    name: z.string(),
    when: z.array(z.string()),
    after: z.number().optional().describe('It acts so long after the event, in ms'),
    actions: z.array(z.string()),
    delivered: COUNT,
    undelivered: COUNT.describe('Events that wait, or are tried again'),
    deadLetters: COUNT,
    behind: COUNT.describe('Records of the audit trail that it has not looked at'),
    recent: z.array(
      z.looseObject({
        at: z.string(),
        event: z.string(),
        path: z.string().optional(),
        action: z.string(),
        outcome: z.string(),
        detail: z.string(),
      }),
    ),
    dead: z
      .array(
        z.looseObject({
          event: z.looseObject({ id: z.string(), kind: z.string(), path: z.string().optional() }),
          attempts: COUNT,
          diedAt: MOMENT,
          reason: z.string(),
        }),
      )
      .optional()
      .describe('Where one rule was asked for'),
  })
  .meta({ id: 'Rule' });

export const TRIAL = z.strictObject({
  rule: z.string(),
  fits: z.boolean(),
  after: z.number().optional(),
  actions: z.array(z.string()),
});

export const STATISTICS = z
  .strictObject({
    stepSeconds: z.literal(60),
    steps: z.array(
      z.strictObject({
        at: MOMENT.describe('When the minute began'),
        upload: COUNT.describe('Bytes'),
        download: COUNT.describe('Bytes, those of listings among them'),
        logins: COUNT,
        failedLogins: COUNT,
        refusals: COUNT.describe('Of connections, commands and data connections'),
      }),
    ),
  })
  .meta({ id: 'Statistics' });

export const SETTING = z.strictObject({ key: z.string(), value: z.unknown(), origin: z.string() });

export const VERDICT = z.looseObject({
  isWhole: z.boolean(),
  finding: z.looseObject({ record: z.int(), message: z.string() }).optional().describe('The first difference'),
  first: z.int(),
  last: z.int(),
  remarks: z.array(z.string()),
});
