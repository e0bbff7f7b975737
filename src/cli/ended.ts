import type { ExitName } from './exit-codes.ts';

/** Ends the program with this exit code. What there is to say has been said. */
export class Ended extends Error {
  override readonly name = 'Ended';
  readonly exit: ExitName;

  constructor(exit: ExitName, cause?: unknown) {
    super(`Ended: ${exit}`, { cause });
    this.exit = exit;
  }
}
