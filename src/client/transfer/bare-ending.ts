import { setTimeout as wait } from 'node:timers/promises';

/** Stands for a data connection, or bytes, that never came. */
export const NOTHING = Symbol('nothing');

/**
 * What `work` comes to where the server said "done" without a 1yz. Some servers end a transfer so at once and send nothing:
 * the data connection may never come then, or never be heard of again. Others leave out the 1yz alone, so that bytes are
 * waited for a moment.
 */
export async function orNothing<T>(
  work: Promise<T>,
  isUnderWay: () => boolean,
  momentMs: number,
): Promise<T | typeof NOTHING> {
  await wait(momentMs, undefined, { ref: false });
  return isUnderWay() ? work : NOTHING;
}
