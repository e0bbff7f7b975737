import type { z } from 'zod';
import type { AdminRole } from '../../core/index.ts';
import type { Actor } from './actor.ts';
import type { AdminDesk } from './admin-desk.ts';
import type { AnswerStream } from './answer-streams.ts';
import type { ApiFailure } from './api-failure.ts';
import type { HttpRequest } from './messages.ts';

/** A request that has passed every check. */
export interface ApiCall<Query, Body> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly actor: Actor;
  readonly request: HttpRequest;
  readonly desk: AdminDesk;
  /** Aborts once nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

export interface ApiAnswer {
  readonly body?: object;
  /** In place of a body. */
  readonly stream?: AnswerStream;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the record: what was changed, without secrets. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** By kind: `account`, `group`. */
export type ActionTarget = Readonly<Record<string, string | undefined>>;

/** One thing that can be asked over HTTP. The document, the checks, and the tests that walk all of them derive from it. */
export interface Route<Query = unknown, Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/v1, with `{name}` for what stands in its place. */
  readonly path: string;
  readonly summary: string;
  /** The weakest role that may. `anyone`: nobody needs to have signed in. */
  readonly role: AdminRole | 'anyone';
  /** `groups`: also for whoever is limited to groups, as far as those reach. */
  readonly reach: 'server' | 'groups';
  /** Also for whoever has to set another password before anything else. */
  readonly isForPasswordDue?: boolean;
  /** Whether the record tells of it. Whatever changes something, and whoever reads records. */
  readonly isRecorded?: boolean;
  /** What it is done to, for the record, beside what stands in the path. */
  readonly targetOf?: (given: { readonly query: Query; readonly body: Body }) => ActionTarget;
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  /** Default: 200, or 204 without an answer. */
  readonly status?: 200 | 201;
  readonly answer?: z.ZodType;
  /** The content type of an answer that is sent in parts, in place of `answer`. */
  readonly streams?: string;
  readonly act: (call: ApiCall<Query, Body>) => Promise<ApiAnswer | ApiFailure> | ApiAnswer | ApiFailure;
}

/** Has the types of a route inferred. */
export function route<Query, Body>(row: Route<Query, Body>): Route {
  return row as unknown as Route;
}

/** The route of a path, and what stands in its places; the methods where none has this one; undefined where there is none. */
export function matched(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: Readonly<Record<string, string>> } | readonly string[] | undefined {
  const given = path.split('/');
  const fitting = routes.flatMap((route) => {
    const params = paramsIn(route.path.split('/'), given);
    return params ? [{ route, params }] : [];
  });
  const wanted = method === 'HEAD' ? 'GET' : method;
  const found = fitting.find(({ route }) => route.method === wanted);
  if (found) return found;
  return fitting.length === 0 ? undefined : fitting.map(({ route }) => route.method);
}

/** Parts are decoded after they were split: a `%2F` is part of a name. */
function paramsIn(parts: readonly string[], given: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (parts.length !== given.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, part] of parts.entries()) {
    const text = given[index] ?? '';
    const [, name] = /^\{(\w+)\}$/.exec(part) ?? [];
    if (name === undefined) {
      if (part !== text) return undefined;
      continue;
    }
    const decoded = decode(text);
    if (decoded === undefined || decoded === '') return undefined;
    params.push([name, decoded]);
  }
  return Object.fromEntries(params);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
