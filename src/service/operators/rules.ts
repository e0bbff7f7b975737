import { searchAudit } from '../../operations/index.ts';
import type { DeadLetter, RuleView } from '../rules/index.ts';
import { failure, type OperatorFailure } from './failure.ts';
import type { OperatedService } from './operated-service.ts';

/** Dead letters of one rule that are shown, the newest first. */
const MAX_SHOWN = 100;

export interface ShownRule extends RuleView {
  /** Where one rule was asked for. */
  readonly dead?: readonly DeadLetter[];
}

/** All rules, or one with its dead letters. */
export function rulesOf({ rules }: OperatedService, name?: string): readonly ShownRule[] | OperatorFailure {
  if (name === undefined) return rules.runners.map(({ view }) => view);
  const runner = rules.find(name);
  return runner
    ? [{ ...runner.view, dead: runner.deadLetters.toReversed().slice(0, MAX_SHOWN) }]
    : failure('no-such-rule', noRule(name));
}

/** Tries dead letters of a rule again, all or one. */
export async function retryDeadLetters(
  { rules }: OperatedService,
  name: string,
  event?: string,
): Promise<{ readonly retried: number; readonly left: number } | OperatorFailure> {
  const runner = rules.find(name);
  if (!runner) return failure('no-such-rule', noRule(name));
  const retried = await runner.retryDead((id) => event === undefined || id === event);
  if (event !== undefined && retried === 0) {
    return failure('no-such-event', `The rule ${name} has no dead letter of the event ${event}, or no room for it now`);
  }
  return { retried, left: runner.deadLetters.length };
}

/** Lets a rule act once more on what happened from then on, and up to then. */
export async function replayRule(
  { rules, auditDirectory }: OperatedService,
  name: string,
  { since, until }: { readonly since: number; readonly until?: number | undefined },
): Promise<{ readonly replayed: number } | OperatorFailure> {
  const runner = rules.find(name);
  if (!runner) return failure('no-such-rule', noRule(name));
  const query = { since, ...(until !== undefined && { until }) };
  const replayed = await runner.replay(searchAudit(auditDirectory, query));
  if (replayed !== undefined) return { replayed };
  return failure('too-many-events', `The rule ${name} has no room for so many events: take a shorter time`);
}

function noRule(name: string): string {
  return `There is no rule ${name}: "lockport rules list" names them`;
}
