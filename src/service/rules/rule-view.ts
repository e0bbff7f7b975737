import type { AttemptCounts, RecentDelivery } from './deliveries.ts';

/** What operators see of a rule. */
export interface RuleView {
  readonly name: string;
  readonly when: readonly string[];
  /** It acts so long after the event, in ms; absent: at once. */
  readonly after?: number;
  readonly actions: readonly string[];
  readonly delivered: number;
  /** Events that wait, or are tried again. */
  readonly undelivered: number;
  readonly deadLetters: number;
  /** Records of the audit trail that it has not looked at. */
  readonly behind: number;
  readonly attempts: AttemptCounts;
  /** Of the oldest event that waits; 0 where none does. */
  readonly oldestSeconds: number;
  readonly recent: readonly RecentDelivery[];
}
