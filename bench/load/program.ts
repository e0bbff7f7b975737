import { background } from '../../src/core/index.ts';
import type { Target } from './session.ts';
import { type Begin, prepareTask, type Task } from './tasks.ts';

/** A load process: it is told a task, says when it is ready, begins when told, and says what came of it. */
export type Order = { readonly task: Task; readonly target: Target } | 'begin';

let begin: Begin | undefined;

process.on('message', (order: Order) => background(follow(order), fail));
// Whoever started it has gone, or needs it no more.
process.on('disconnect', () => process.exit());

async function follow(order: Order): Promise<void> {
  if (order === 'begin') process.send?.({ outcome: await begin?.() });
  else {
    begin = await prepareTask(order.task, order.target);
    process.send?.('ready');
  }
}

function fail(error: unknown): void {
  // A wait that was cut short has the reason for that as its cause.
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  process.send?.({ failure: reason instanceof Error ? reason.message : String(reason) });
}
