import { z } from 'zod';
import { isAtLeast, type Publish } from '../../core/index.ts';
import { type Actor, actorOf, forgery } from './actor.ts';
import type { AdminDesk } from './admin-desk.ts';
import type { MadeAnswer } from './answer-streams.ts';
import { type ApiFailure, apiFailure, failureAnswer, isApiFailure } from './api-failure.ts';
import type { HttpRequest } from './messages.ts';
import { openApi } from './openapi.ts';
import { type ActionTarget, type ApiAnswer, matched, type Route, route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import { problemsIn } from './schema-problems.ts';

const BASE = '/api/v1';

/** Whether what was done is recorded, where nothing may happen that is not. */
export interface ActionRecords {
  readonly trouble: string | undefined;
  recorded(): Promise<boolean>;
}

export interface ApiParts {
  readonly desk: AdminDesk;
  readonly publish: Publish;
  /** Absent: nothing is recorded. */
  readonly records: ActionRecords | undefined;
}

/** Answers requests: finds the route, checks who asks and what, acts, and has it recorded. In the primary process. */
export class Api {
  readonly #parts: ApiParts;
  readonly #routes: readonly Route[];

  constructor(parts: ApiParts) {
    this.#parts = parts;
    const document = openApi([...ROUTES, DOCUMENT], parts.desk.service.version);
    this.#routes = [...ROUTES, { ...DOCUMENT, act: () => ({ body: document }) }];
  }

  /** Never rejects. */
  async answer(request: HttpRequest, signal: AbortSignal): Promise<MadeAnswer> {
    try {
      const outcome = await this.#outcome(request, signal);
      return 'status' in outcome ? outcome : failureAnswer(outcome);
    } catch (error) {
      if (signal.aborted) return failureAnswer(GIVEN_UP);
      const message = `A request of an administrator failed: ${request.method}`;
      this.#parts.publish({ event: 'warning', message, ...(error instanceof Error && { error }) });
      return failureAnswer(apiFailure('failed', 'The server could not do it: its log says why'));
    }
  }

  async #outcome(request: HttpRequest, signal: AbortSignal): Promise<MadeAnswer | ApiFailure> {
    const [path = '', query = ''] = request.target.split('?', 2);
    const found = path.startsWith(`${BASE}/`)
      ? matched(this.#routes, request.method, path.slice(BASE.length))
      : undefined;
    if (!found) return apiFailure('no-such-route', `There is nothing here: ${BASE}/openapi.json tells what there is`);
    if (!('route' in found)) return apiFailure('no-such-method', `Here there is ${found.join(', ')}`);
    const { route, params } = found;
    const actor = route.role === 'anyone' ? NOBODY : await actorOf(request, this.#parts.desk);
    if (isApiFailure(actor)) return actor;
    const banned = this.#parts.desk.service.bans.find(request.address);
    if (banned) return apiFailure('banned', 'Connections from your address are not accepted');
    const refusal = refusalOf(route, request, actor);
    if (refusal) {
      this.#record(route, params, actor, refusal);
      return refusal;
    }
    const given = givenBy(route, request, query);
    if (isApiFailure(given)) return given;
    // A login, too, which has a record of its own.
    const isAwaited = route.isRecorded || route.method !== 'GET';
    if (isAwaited && this.#parts.records?.trouble !== undefined) return UNRECORDED;
    const target = { ...params, ...route.targetOf?.(given) };
    const outcome = await this.#act(route, target, {
      ...given,
      params,
      actor,
      request,
      signal,
      desk: this.#parts.desk,
    });
    if (route.isRecorded) this.#record(route, target, actor, outcome);
    // Nothing is acknowledged whose record could still be lost.
    if (isAwaited && this.#parts.records && !(await this.#parts.records.recorded())) {
      if (!isApiFailure(outcome)) await outcome.stream?.[Symbol.asyncDispose]();
      return UNRECORDED;
    }
    return isApiFailure(outcome) ? outcome : answerOf(route, outcome);
  }

  /** What fails is recorded as well. */
  async #act(route: Route, target: ActionTarget, call: Parameters<Route['act']>[0]): Promise<ApiAnswer | ApiFailure> {
    try {
      return await route.act(call);
    } catch (error) {
      const failure = call.signal.aborted ? GIVEN_UP : apiFailure('failed', String(error));
      if (route.isRecorded) this.#record(route, target, call.actor, failure);
      throw error;
    }
  }

  #record(
    { method, path }: Route,
    given: ActionTarget,
    { administrator, token, address }: Actor,
    outcome: ApiAnswer | ApiFailure,
  ): void {
    const failure = isApiFailure(outcome) ? outcome : undefined;
    const target = Object.fromEntries(
      Object.entries(given).flatMap(([kind, value]) => (value === undefined ? [] : [[kind, value] as const])),
    );
    const { before, after } = failure ? {} : (outcome as ApiAnswer);
    this.#parts.publish({
      event: 'admin.acted',
      administrator,
      ...(token !== undefined && { token }),
      address,
      action: `${method} ${path}`,
      ...(Object.keys(target).length > 0 && { target }),
      outcome: failure === undefined ? 'done' : failure.failed === 'failed' ? 'failed' : 'refused',
      ...(failure && { reason: failure.message }),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    });
  }
}

const NOBODY: Actor = { administrator: '', role: 'auditor', groups: [], address: '', mustChangePassword: false };

const UNRECORDED = apiFailure(
  'not-recorded',
  'The audit trail can not be written, and nothing is done without a record',
);

const GIVEN_UP = apiFailure('failed', 'Nobody waited for the answer any more');

/** For programs that make clients. What it says stands in the documentation of Lockport, too. */
const DOCUMENT = route({
  method: 'GET',
  path: '/openapi.json',
  summary: 'This document',
  role: 'anyone',
  reach: 'groups',
  answer: z.looseObject({ openapi: z.string() }),
  act: () => ({}),
});

function refusalOf(
  { role, reach, isForPasswordDue = false }: Route,
  request: HttpRequest,
  actor: Actor,
): ApiFailure | undefined {
  if (role === 'anyone') return undefined;
  const forged = forgery(request, actor);
  if (forged) return forged;
  if (actor.mustChangePassword && !isForPasswordDue) {
    return apiFailure('password-due', 'Set another password first, by POST /api/v1/me/password');
  }
  if (!isAtLeast(actor.role, role)) return apiFailure('not-allowed', `This is for the role ${role} and above`);
  if (reach === 'server' && actor.groups) {
    return apiFailure('not-allowed', 'This is for administrators without a limit to groups');
  }
  return undefined;
}

/** What the route takes, checked. */
function givenBy(
  { query, body }: Route,
  { headers, body: text }: HttpRequest,
  queryText: string,
): { readonly query: unknown; readonly body: unknown } | ApiFailure {
  const pairs = [...new URLSearchParams(queryText)];
  const names = pairs.map(([name]) => name);
  if (new Set(names).size < names.length)
    return apiFailure('invalid-request', 'A name of the query stands there twice');
  const parsedQuery = checked('query', query ?? NOTHING, Object.fromEntries(pairs));
  if (isApiFailure(parsedQuery)) return parsedQuery;
  if (!body) {
    if (text !== '') return apiFailure('invalid-request', 'No body is taken here');
    return { query: parsedQuery.value, body: undefined };
  }
  // Pages of other sites can't send it without being asked first.
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    return apiFailure('not-json', 'Send JSON, with content-type: application/json');
  }
  const json = jsonIn(text);
  if (!json) return apiFailure('invalid-request', 'The body is no JSON');
  const parsedBody = checked('body', body, json.value);
  return isApiFailure(parsedBody) ? parsedBody : { query: parsedQuery.value, body: parsedBody.value };
}

const NOTHING = z.strictObject({});

function checked(part: string, schema: z.ZodType, value: unknown): { readonly value: unknown } | ApiFailure {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { value: parsed.data };
  const errors = problemsIn(part, parsed.error.issues);
  const [first] = errors;
  return apiFailure('invalid-request', first ? `${first.place}: ${first.message}` : 'The request is wrong', errors);
}

function jsonIn(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function answerOf({ answer, streams, status = 200 }: Route, { body, stream, headers = {} }: ApiAnswer): MadeAnswer {
  if (streams !== undefined && stream)
    return { status, headers: { 'content-type': streams, ...headers }, body: '', stream };
  if (!answer) return { status: 204, headers, body: '' };
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body ?? {}) };
}
