/** `lockport/files`: the files of a storage as an account may see them. */
export { type AccountFilesOptions, accountFiles } from './account-files.ts';
export { confined } from './confined.ts';
export type { Candidate, Gate } from './gate.ts';
export type { QuotaCountersOptions } from './home-usages.ts';
export { type Mount, mountAt, type RenameAcross } from './mounts.ts';
export type { OnChange } from './observed.ts';
export type {
  BeginResult,
  Change,
  ChangeOutcome,
  Demand,
  Gone,
  Quota,
  QuotaCounter,
  QuotaOwner,
  ReplacedEntry,
  ReservationResult,
} from './quota-counter.ts';
export { type CountedQuota, QuotaCounters } from './quota-counters.ts';
export { refusingLinks } from './refusing-links.ts';
export { trialFiles } from './trial.ts';
export { withQuota } from './with-quota.ts';
export { withRights } from './with-rights.ts';
