/** `lockport/storage`: places to keep files, and wrappers that narrow them to what an account may do. */
export { type LocalStorage, type LocalStorageOptions, localStorage } from './local/local-storage.ts';
export type { SweepOptions, SweepResult } from './local/sweep.ts';
