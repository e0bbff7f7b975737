import type { z } from 'zod';
import { printable } from '../../core/index.ts';
import type { ProblemPlace } from './problem.ts';

type Issue = z.core.$ZodIssue;

const MAX_PROBLEMS = 20;
const MAX_PLACE = 200;
const MAX_MESSAGE = 500;

/** What is wrong with a part of a request (`body`, `query`), each with the field that it is about and what is wanted there. */
export function problemsIn(part: string, issues: readonly Issue[]): readonly ProblemPlace[] {
  return issues
    .flatMap((issue) => placed(issue))
    .slice(0, MAX_PROBLEMS)
    .map(({ path, message }) => ({
      place: printable([part, ...path].join('.')).slice(0, MAX_PLACE),
      message: printable(message).slice(0, MAX_MESSAGE),
    }));
}

interface Placed {
  readonly path: readonly string[];
  readonly message: string;
}

function placed(issue: Issue): readonly Placed[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is no field here' }));
  }
  return [{ path, message: messageOf(issue) }];
}

function messageOf(issue: Issue): string {
  if (issue.code === 'invalid_union') return alternativesIn(issue.errors);
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
  if (isMissing) return `is missing: expected ${issue.expected}`;
  if (issue.code === 'invalid_format' && issue.format === 'datetime') {
    return 'expected a moment in UTC such as 2030-12-31T23:59:59Z';
  }
  return issue.message;
}

/** What each alternative lacks. Zod itself says "Invalid input". */
function alternativesIn(alternatives: readonly (readonly Issue[])[]): string {
  const told = alternatives.map((issues) =>
    issues
      .flatMap((issue) => placed(issue))
      .map(({ path, message }) => [path.join('.'), message].filter((text) => text !== '').join(' '))
      .join(', '),
  );
  return `expected something else: either ${[...new Set(told)].join('; or ')}`;
}
