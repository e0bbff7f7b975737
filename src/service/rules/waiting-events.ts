import type { Publish } from '../../core/index.ts';
import {
  type EventFile,
  eventFileOf,
  type IsTemporary,
  type Journal,
  type RuleConditions,
  type RuleEvent,
  recordsNumbered,
  ruleEventOf,
} from '../../operations/index.ts';
import type { DeadLetter } from './dead-letters.ts';
import type { Waiting } from './deliveries.ts';
import type { RuleState } from './rule-state.ts';

interface WaitingParts {
  readonly rule: RuleConditions & { readonly name: string };
  readonly journal: Journal;
  readonly auditDirectory: string;
  readonly isTemporary: IsTemporary;
  readonly publish: Publish;
}

export function firstTry(record: number, event: RuleEvent, file?: EventFile, step = 0): Waiting {
  const now = Date.now();
  return { record, event, file, step, attempts: 0, since: now, dueAt: now };
}

/** A dead letter that is tried again. It waits without its record, which may be one of an earlier journal. */
export function anew({ event, file, step }: DeadLetter): Waiting {
  return firstTry(0, event, file, step);
}

/** The record that a start after a crash would need first. */
export function firstNeeded({ next, undelivered }: RuleState): number {
  return undelivered.reduce((first, { record }) => Math.min(first, record), next);
}

/** What an earlier run left to do. */
export async function waitingOf(
  { rule, auditDirectory, journal, isTemporary, publish }: WaitingParts,
  { undelivered }: RuleState,
): Promise<readonly Waiting[]> {
  const waiting: Waiting[] = [];
  const numbers = undelivered.map(({ record }) => record);
  const places = new Map(undelivered.map((each) => [each.record, each]));
  if (numbers.length === 0) return [];
  for await (const record of recordsNumbered(auditDirectory, numbers)) {
    const event = ruleEventOf(record, rule.when, { journal: journal.id, isTemporary });
    const place = places.get(record.n);
    if (event && place) waiting.push({ file: eventFileOf(record, event), ...place, event });
  }
  const lost = numbers.length - waiting.length;
  if (lost > 0) {
    const message = `The rule ${rule.name} has changed, or its records are gone: ${lost} events that it had still to act on are dropped`;
    publish({ event: 'warning', message });
  }
  return waiting;
}
