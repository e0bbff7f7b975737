import { on } from 'node:events';
import { parentPort } from 'node:worker_threads';

/** Of a thread that `startPeer` started: says `facts`, being ready, and does its part each time it is told to go. */
export async function takeTurns(part: () => Promise<void>, facts?: unknown): Promise<void> {
  if (!parentPort) throw new Error('This is for a thread');
  const told = on(parentPort, 'message');
  parentPort.postMessage(facts);
  for await (const _ of told) {
    await part();
    parentPort.postMessage('done');
  }
}
