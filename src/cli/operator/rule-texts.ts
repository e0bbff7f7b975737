import type { RuleTrial, ShownRule } from '../../service/index.ts';
import { formatDuration } from '../quantity.ts';
import { formatTable } from '../table.ts';

/** `lockport rules list` for people. */
export function ruleLines(rules: readonly ShownRule[]): readonly string[] {
  if (rules.length === 0) return ['There are no rules'];
  const rows = rules.map(({ name, when, after, actions, delivered, undelivered, deadLetters, behind }) => [
    name,
    `${when.join(', ')}${later(after)}`,
    actions.join(', '),
    String(delivered),
    String(undelivered),
    String(deadLetters),
    String(behind),
  ]);
  return [
    ...linesOf([['RULE', 'WHEN', 'DO', 'DONE', 'UNDER WAY', 'DEAD', 'BEHIND'], ...rows]),
    ...rules.flatMap(detailLines),
  ];
}

/** Of one rule that was asked for by its name. */
function detailLines({ dead, recent }: ShownRule): readonly string[] {
  if (!dead) return [];
  const attempts = recent.map(({ at, event, path = '-', action, outcome, detail }) => [
    at,
    event,
    path,
    action,
    outcome,
    detail,
  ]);
  const letters = dead.map(({ event, attempts, diedAt, reason }) => [
    event.id,
    event.kind,
    event.path ?? '-',
    String(attempts),
    diedAt,
    reason,
  ]);
  return [
    ...(attempts.length > 0
      ? ['', ...linesOf([['AT', 'EVENT', 'PATH', 'ACTION', 'OUTCOME', 'DETAIL'], ...attempts])]
      : []),
    ...(letters.length > 0
      ? ['', ...linesOf([['DEAD LETTER', 'EVENT', 'PATH', 'ATTEMPTS', 'GIVEN UP', 'REASON'], ...letters])]
      : []),
  ];
}

/** `lockport rules test` for people. */
export function trialLines(trials: readonly RuleTrial[]): readonly string[] {
  if (trials.length === 0) return ['There are no rules'];
  return trials.flatMap(({ rule, fits, after, actions }) =>
    fits ? [`${rule}: fits${later(after)}`, ...actions.map((action) => `  ${action}`)] : [`${rule}: does not fit`],
  );
}

function later(after: number | undefined): string {
  return after === undefined ? '' : ` after ${formatDuration(after)}`;
}

function linesOf(rows: readonly (readonly string[])[]): readonly string[] {
  return formatTable(rows).trimEnd().split('\n');
}
