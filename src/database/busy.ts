import { setTimeout } from 'node:timers/promises';

/** https://www.sqlite.org/rescode.html#busy; an extended code has it in its lowest byte. */
const SQLITE_BUSY = 5;
/** How long an answer is waited for, as a connection with a busy timeout would wait, and between two attempts. */
const PATIENCE_MS = 5000;
const PAUSE_MS = 25;

/** Whether another connection holds a lock that this one needs. */
export function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

/** Calls `ask` again while the database is locked, without blocking the process. Gives its result. @throws what `ask` throws */
export async function patiently<Answer>(ask: () => Answer): Promise<Answer> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return ask();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= until) throw error;
      await setTimeout(PAUSE_MS);
    }
  }
}
