import type { z } from 'zod';
import { ROOT, resolvePath, type VirtualPath } from '../../core/index.ts';
import type { AnswerToBrowser } from '../http-answer.ts';
import type { WebRequest } from '../http-request.ts';
import { WebFailure } from '../problem.ts';
import type { WebSession } from '../web-session.ts';

/** What a route works with. */
export interface Asked<Body = unknown> {
  readonly request: WebRequest;
  readonly session: WebSession;
  readonly body: Body;
  /** What stands in the place of `{id}`; '' where there is none. */
  readonly id: string;
}

/** One method of one path, for who is signed in. */
export interface WebRoute<Body = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  /** What operators and the record see it called. */
  readonly verb: string;
  /** Of a JSON body. Absent: it has none, or takes its bytes by itself. */
  readonly body?: z.ZodType<Body>;
  /** The path of a file that it is about, as it was given. */
  readonly about?: (asked: Asked<Body>) => string | undefined;
  run(asked: Asked<Body>): Promise<AnswerToBrowser>;
}

/** Keeps the type of a body between its schema and what works with it. */
export function route<Body = undefined>(definition: WebRoute<Body>): WebRoute {
  // The dispatcher gives a route what its own schema made.
  return definition as WebRoute;
}

/** The path that a client means; it is a whole one. @throws StorageError `invalid-name`, WebFailure */
export function pathOf(given: string | null): VirtualPath {
  if (given === null || !given.startsWith('/')) {
    throw new WebFailure(400, 'bad-request', 'Give the path of a file, which begins with /');
  }
  return resolvePath(ROOT, given);
}

/** A word of the query, out of a list. @throws WebFailure */
export function choiceOf<Choice extends string>(
  query: URLSearchParams,
  name: string,
  choices: readonly Choice[],
): Choice {
  const given = query.get(name);
  const found = given === null ? choices[0] : choices.find((choice) => choice === given);
  if (found === undefined) throw new WebFailure(400, 'bad-request', `${name}: one of ${choices.join(', ')}`);
  return found;
}

/** A number of the query. @throws WebFailure */
export function countOf(query: URLSearchParams, name: string, most: number): number {
  const given = query.get(name);
  if (given === null) return most;
  if (/^[1-9]\d{0,8}$/.test(given)) return Math.min(most, Number(given));
  throw new WebFailure(400, 'bad-request', `${name}: a whole number from 1 on`);
}
