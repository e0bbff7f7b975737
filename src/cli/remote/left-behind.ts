import { ClientError } from '../../client/index.ts';
import { printable } from '../../core/index.ts';
import type { Output } from './output.ts';

/** What an interrupted command could not remove from the server: nothing else tells of it. */
export function tellLeftBehind(error: unknown, output: Output): void {
  if (error instanceof ClientError && error.leftBehind !== undefined)
    output.say(`lockport: ${printable(error.leftBehind)}`);
}
