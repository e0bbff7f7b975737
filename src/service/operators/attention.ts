import type { Looked } from '../monitoring/index.ts';
import type { RuleView } from '../rules/index.ts';

/** What somebody should do something about. */
export interface Attention {
  readonly code:
    | 'certificate-expires'
    | 'certificate-expired'
    | 'worker-silent'
    | 'worker-starting'
    | 'audit-not-written'
    | 'audit-space'
    | 'not-ready'
    | 'storage-space'
    | 'log-not-taken'
    | 'dead-letters';
  /** Which of several it is about: the storage, the log, the rule, or the reason not to be ready. */
  readonly about?: string;
  readonly message: string;
}

/** A log that takes nothing for a moment needs nobody. */
const STUCK_MS = 10_000;
/** Of the space of a storage: with less, files will soon be refused. */
const LOW_SHARE = 0.05;

/** What of the parts of a service needs attention, the gravest first. */
export function attentionToHealth(looked: Looked, now: number): readonly Attention[] {
  const { audit, problems, storages, outputs } = looked;
  return [
    ...problems.map(({ code, about = code, message }) => ({ code: 'not-ready' as const, about, message })),
    ...attentionToAudit(audit),
    ...storages.flatMap(({ name, space }): Attention[] => {
      // One that is full is a problem already.
      if (!space || space.free === 0 || space.free / space.total >= LOW_SHARE) return [];
      const left = `${Math.floor((100 * space.free) / space.total)} %`;
      return [{ code: 'storage-space', about: name, message: `The storage ${name} has ${left} of its space left` }];
    }),
    ...outputs.flatMap(([name, { stuckSince, lostLines }]): Attention[] => {
      if (stuckSince === undefined || now - stuckSince < STUCK_MS) return [];
      const lost = lostLines > 0 ? `, and ${lostLines} lines were lost since the start` : '';
      const message = `The log on ${name} has taken no line since ${new Date(stuckSince).toISOString()}${lost}`;
      return [{ code: 'log-not-taken', about: name, message }];
    }),
  ];
}

export function attentionToRule({ name, deadLetters }: RuleView): Attention[] {
  if (deadLetters === 0) return [];
  const events = deadLetters === 1 ? 'an event' : `${deadLetters} events`;
  const message = `The rule ${name} has given up ${events} ("lockport rules list ${name}" shows why, "lockport rules retry ${name}" tries again)`;
  return [{ code: 'dead-letters', about: name, message }];
}

function attentionToAudit(audit: Looked['audit']): readonly Attention[] {
  if (!audit) return [];
  const { trouble, isRefusing, lostRecords, spaceProblem } = audit;
  const lost = lostRecords > 0 ? `; ${lostRecords} records were lost since the start` : '';
  return [
    // Where operations are refused for it, the server is not ready, and that says why.
    ...(trouble !== undefined && !isRefusing
      ? [{ code: 'audit-not-written' as const, message: `Audit records can't be written: ${trouble}${lost}` }]
      : []),
    ...(spaceProblem === undefined ? [] : [{ code: 'audit-space' as const, message: spaceProblem }]),
  ];
}
