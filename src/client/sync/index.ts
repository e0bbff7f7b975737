export { isMaxDelete, type MaxDelete, TooManyDeletions } from './deletion-limit.ts';
export type { SyncCompare, SyncPlan } from './plan.ts';
export type { SyncProgress, SyncTotals } from './progress.ts';
export type { SyncAct, SyncEntryStep, SyncOutcome, SyncReason, SyncStep, SyncSummary } from './step.ts';
export { sync } from './sync.ts';
