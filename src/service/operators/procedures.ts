import { z } from 'zod';
import { isNetwork, type OperatorAction, printable } from '../../core/index.ts';
import type { Explanation } from '../explain/explanation.ts';
import { ExplainError } from '../explain/request.ts';
import type { WorkerView } from '../front-end.ts';
import { type AddedBan, addBan, bansOf, liftBan, type ShownBan } from './bans.ts';
import { type EndedSession, endSelected } from './end-sessions.ts';
import { failure, isOperatorFailure, type OperatorFailure } from './failure.ts';
import { liftHold, listHolds, type ShownHold, setHold } from './holds.ts';
import type { OperatedService } from './operated-service.ts';
import { replayRule, retryDeadLetters, rulesOf, type ShownRule } from './rules.ts';
import { type ShownSession, shownSession } from './shown-session.ts';
import { statusOf } from './status.ts';
import { listTrash, purgeTrash, restoreTrash, type ShownKeptFile, type TrashOutcome } from './trash.ts';

/** One thing that operators can ask of a running service, over whichever way. Request and answer are JSON. */
interface Procedure<Request, Answer> {
  readonly request: z.ZodType<Request>;
  /** The list of the answer that may be long: what carries it may send it in parts. */
  readonly list?: keyof Answer & string;
  /** What is told of a request that changes something, for the record; absent: it changes nothing. */
  readonly about?: (request: Request) => OperatorAction['about'];
  readonly carryOut: (
    service: OperatedService,
    request: Request,
    by: string | undefined,
  ) => Promise<Answer | OperatorFailure>;
}

const MAX_REASON = 200;
const MAX_NAME = 1024;
const MAX_PATH = 8192;

/** A client reads it in its 421, which is one line. */
const REASON = z
  .string()
  .min(1)
  .max(MAX_REASON)
  .refine((text) => printable(text) === text, 'a reason has no control characters');
const RULE = z.string().max(64);
const NETWORK = z.string().max(64);

const MAX_WORDS = 4;
/** @see ExplainRequest */
export const EXPLAIN = z.strictObject({
  account: z.string().max(MAX_NAME).optional(),
  command: z.array(z.string().max(MAX_NAME)).max(MAX_WORDS).optional(),
  path: z.string().max(MAX_PATH).optional(),
  renamedFrom: z.string().max(MAX_PATH).optional(),
  from: z
    .string()
    .refine((text) => isNetwork(text) && !text.includes('/'), 'expected an address')
    .optional(),
  port: z.int().min(1).max(65_535).optional(),
  isPlain: z.boolean().optional(),
  withoutCertificate: z.boolean().optional(),
  uploadBytes: z.int().min(0).optional(),
});

const TRASH = z.strictObject({
  account: z.string().max(MAX_NAME),
  path: z.string().max(MAX_PATH).optional(),
  id: z.string().max(MAX_NAME).optional(),
});

const HOLD = z.strictObject({ account: z.string().max(MAX_NAME), path: z.string().max(MAX_PATH) });

/** Every procedure. The control socket calls them; whatever else serves operators calls the same. */
const PROCEDURES = {
  status: row({
    request: z.strictObject({}),
    carryOut: (service) => statusOf(service),
  }),

  /** All sessions at one moment, the oldest first. */
  sessions: row<object, { readonly workers: readonly WorkerView[]; readonly sessions: readonly ShownSession[] }>({
    request: z.strictObject({}),
    list: 'sessions',
    async carryOut(service) {
      const { sessions, workers } = await service.liveView();
      const sorted = sessions.toSorted((one, other) => one.since - other.since);
      return { workers, sessions: sorted.map(shownSession) };
    },
  }),

  /** Ends one session, those of an account, or all. */
  endSessions: row({
    request: z.strictObject({
      which: z.union([
        z.strictObject({ session: z.string().max(MAX_NAME) }),
        z.strictObject({ account: z.string().max(MAX_NAME) }),
        z.strictObject({ all: z.literal(true) }),
      ]),
      reason: REASON.optional(),
    }),
    list: 'sessions',
    about: ({ which, reason }) => ({ ...which, reason }),
    async carryOut(
      service,
      { which, reason },
    ): Promise<{ readonly sessions: readonly EndedSession[] } | OperatorFailure> {
      const sessions = await endSelected(service, which, reason);
      return isOperatorFailure(sessions) ? sessions : { sessions };
    },
  }),

  bans: row<object, { readonly bans: readonly ShownBan[] }>({
    request: z.strictObject({}),
    list: 'bans',
    carryOut: async (service) => ({ bans: bansOf(service) }),
  }),

  /** Bans a network, and ends its sessions. */
  addBan: row({
    request: z.strictObject({
      network: NETWORK,
      /** Null: until it is lifted. */
      until: z.iso.datetime().nullable(),
      reason: REASON,
      force: z.boolean().optional(),
    }),
    list: 'sessions',
    about: ({ network, until, reason }) => ({ address: network, until: until ?? undefined, reason }),
    carryOut: (service, { network, until, reason, force = false }): Promise<AddedBan | OperatorFailure> =>
      addBan(service, { network, until: until === null ? null : new Date(until), reason, isForced: force }),
  }),

  liftBan: row({
    request: z.strictObject({ network: NETWORK }),
    about: ({ network }) => ({ address: network }),
    carryOut: (service, { network }) => liftBan(service, network),
  }),

  /** Whether an account may do something and what decides, and what failed from an address. */
  explain: row({
    request: EXPLAIN,
    async carryOut(service, request): Promise<Explanation | OperatorFailure> {
      try {
        return await service.explain(request);
      } catch (error) {
        if (error instanceof ExplainError) return failure('invalid-request', error.message);
        throw error;
      }
    },
  }),

  /** Every rule, or one with its dead letters. */
  rules: row({
    request: z.strictObject({ rule: RULE.optional() }),
    list: 'rules',
    async carryOut(service, { rule }): Promise<{ readonly rules: readonly ShownRule[] } | OperatorFailure> {
      const rules = rulesOf(service, rule);
      return 'failed' in rules ? rules : { rules };
    },
  }),

  /** Tries dead letters of a rule again: that of one event, or all. */
  retryDeadLetters: row({
    request: z.strictObject({ rule: RULE, event: z.string().max(MAX_NAME).optional() }),
    about: ({ rule, event }) => ({ rule, of: event }),
    carryOut: (service, { rule, event }) => retryDeadLetters(service, rule, event),
  }),

  /** Lets a rule act once more on what happened in that time (ms since 1970). */
  replayRule: row({
    request: z.strictObject({ rule: RULE, since: z.number(), until: z.number().optional() }),
    about: ({ rule, since, until }) => ({ rule, since, until }),
    carryOut: (service, { rule, since, until }) => replayRule(service, rule, { since, until }),
  }),

  /** What is kept of files that an account has lost. */
  trash: row({
    request: TRASH,
    list: 'files',
    carryOut: (service, query): Promise<{ readonly files: readonly ShownKeptFile[] } | OperatorFailure> =>
      listTrash(service, query),
  }),

  /** Gives files their names again: of each path the last version, or that of a time (ms since 1970). */
  restoreTrash: row({
    request: TRASH.extend({ at: z.number().optional(), to: z.string().max(MAX_PATH).optional() }),
    list: 'files',
    about: ({ account, path, id, at, to }) => ({ account, path, of: id, asOf: at, to }),
    carryOut: (service, query): Promise<{ readonly files: readonly TrashOutcome[] } | OperatorFailure> =>
      restoreTrash(service, query),
  }),

  purgeTrash: row({
    request: TRASH,
    list: 'files',
    about: ({ account, path, id }) => ({ account, path, of: id }),
    carryOut: (service, query): Promise<{ readonly files: readonly TrashOutcome[] } | OperatorFailure> =>
      purgeTrash(service, query),
  }),

  /** The legal holds of what an account sees. */
  holds: row({
    request: HOLD.pick({ account: true }),
    list: 'holds',
    carryOut: (service, { account }): Promise<ShownHolds | OperatorFailure> => listHolds(service, account),
  }),

  /** Keeps everybody from changing or removing what is at a path or below it. */
  setHold: row({
    request: HOLD.extend({ reason: REASON }),
    list: 'holds',
    about: ({ account, path, reason }) => ({ account, path, reason }),
    carryOut: (service, { account, path, reason }, by = 'an operator'): Promise<ShownHolds | OperatorFailure> =>
      setHold(service, account, { path, reason, by }),
  }),

  liftHold: row({
    request: HOLD,
    list: 'holds',
    about: ({ account, path }) => ({ account, path }),
    carryOut: (service, { account, path }): Promise<ShownHolds | OperatorFailure> => liftHold(service, account, path),
  }),
} as const;

interface ShownHolds {
  readonly holds: readonly ShownHold[];
}

export type ProcedureName = keyof typeof PROCEDURES;
export type RequestOf<Name extends ProcedureName> = z.input<(typeof PROCEDURES)[Name]['request']>;
export type AnswerOf<Name extends ProcedureName> = Exclude<
  Awaited<ReturnType<(typeof PROCEDURES)[Name]['carryOut']>>,
  OperatorFailure
>;

/** The answer, with its long list apart. */
export interface CarriedOut {
  readonly answer: object;
  readonly list?: { readonly name: string; readonly items: readonly unknown[] };
}

/**
 * Carries out what somebody asks for who may ask for anything; the request may be of any shape. Never rejects.
 * @param by whoever asks, for the record of what is changed; absent: the caller keeps one
 */
export async function carryOut(
  service: OperatedService,
  name: string,
  request: unknown,
  by?: string,
): Promise<CarriedOut | OperatorFailure> {
  const procedure: Procedure<unknown, object> | undefined = Object.hasOwn(PROCEDURES, name)
    ? (PROCEDURES[name as ProcedureName] as unknown as Procedure<unknown, object>)
    : undefined;
  if (!procedure) return failure('unknown-procedure', 'This server knows no such procedure');
  const parsed = procedure.request.safeParse(request);
  if (!parsed.success) return failure('invalid-request', z.prettifyError(parsed.error));
  const answer = await outcomeOf(service, procedure, parsed.data, by);
  const about = procedure.about?.(parsed.data);
  if (by !== undefined && about) {
    const outcome = isOperatorFailure(answer) ? { outcome: 'failed' as const, failure: answer.message } : DONE;
    service.publish({ event: 'operator.acted', by, action: name, about, ...outcome });
  }
  return isOperatorFailure(answer) ? answer : apart(answer, procedure.list);
}

const DONE = { outcome: 'done' } as const;

async function outcomeOf(
  service: OperatedService,
  procedure: Procedure<unknown, object>,
  request: unknown,
  by: string | undefined,
): Promise<object | OperatorFailure> {
  try {
    return await procedure.carryOut(service, request, by);
  } catch (error) {
    const message = 'What an operator has asked for failed';
    service.publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
    return failure('failed', error instanceof Error ? error.message : String(error));
  }
}

function apart(answer: object, name: string | undefined): CarriedOut {
  if (name === undefined) return { answer };
  const { [name]: items, ...rest } = answer as Readonly<Record<string, readonly unknown[]>>;
  return { answer: rest, list: { name, items: items ?? [] } };
}

function row<Request, Answer extends object>(procedure: Procedure<Request, Answer>): Procedure<Request, Answer> {
  return procedure;
}
