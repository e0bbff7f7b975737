import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Target } from './session.ts';
import type { Outcome, Task } from './tasks.ts';

/** No task takes that long; a server that has stopped answering must not stop the whole run. */
const answerMs = 300_000;

const program = fileURLToPath(new URL('program.ts', import.meta.url));

/** A process that puts load on a server, so that its time is not the server's. Its sessions last until it is disposed. */
export interface Load extends AsyncDisposable {
  begin(): Promise<Outcome>;
}

/** Starts one, and waits until all that comes before the measured part is done. */
export async function startLoad(task: Task, target: Target): Promise<Load> {
  const child = fork(program);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  };
  try {
    await ask(child, { task, target });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    async begin() {
      const { outcome } = (await ask(child, 'begin')) as { outcome: Outcome };
      return outcome;
    },
    [Symbol.asyncDispose]: stop,
  };
}

async function ask(child: ChildProcess, order: object | string): Promise<unknown> {
  const ended = new AbortController();
  const end = () => ended.abort(new Error('The load process ended early'));
  child.once('exit', end);
  child.send(order);
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(answerMs)]);
  const [answer] = (await once(child, 'message', { signal })) as [{ failure?: string }];
  child.off('exit', end);
  if (answer.failure !== undefined) throw new Error(answer.failure);
  return answer;
}
