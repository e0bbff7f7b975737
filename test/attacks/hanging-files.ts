import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { MissingProgram } from '../interop/tool.ts';

const run = promisify(execFile);
const PROGRAM = new URL('hanging-files.py', import.meta.url).pathname;

/** A file system that hangs when a test says so. */
export interface HangingFiles extends AsyncDisposable {
  /** From now on each operation of this kind waits for `release`. */
  hold(operation: string): Promise<void>;
  /** Resolves when such a one waits. */
  held(): Promise<void>;
  release(): Promise<void>;
  /** Whether one waited so long that the file system gave up: whoever was to release it was stopped too. */
  gaveUp(): boolean;
}

/** @throws MissingProgram where this machine or user can't mount it */
export async function mountHangingFiles(mount: string, backing: string): Promise<HangingFiles> {
  const child = spawn('/usr/bin/python3', ['-B', PROGRAM, mount, backing], { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  let heard = Promise.withResolvers<void>();
  const wake = (): void => {
    heard.resolve();
    heard = Promise.withResolvers();
  };
  let hasEnded = false;
  reader.on('line', (line) => {
    lines.push(line);
    wake();
  });
  const ended = once(child, 'close').catch(() => undefined);
  child.on('error', () => undefined);
  for (const event of ['error', 'close']) {
    child.on(event, () => {
      hasEnded = true;
      wake();
    });
  }

  async function next(beginning: string): Promise<void> {
    for (;;) {
      const index = lines.findIndex((line) => line.startsWith(beginning));
      if (index >= 0) {
        lines.splice(index, 1);
        return;
      }
      if (hasEnded) throw new MissingProgram('python3 with fusepy, and the right to mount');
      await heard.promise;
    }
  }

  async function ask(line: string): Promise<void> {
    child.stdin.write(`${line}\n`);
    await next('done');
  }

  await next('mounted');
  return {
    async hold(operation) {
      lines.splice(0);
      await ask(`hold ${operation}`);
    },
    held: () => next('held'),
    release: () => ask('release'),
    gaveUp: () => lines.includes('gave-up'),
    async [Symbol.asyncDispose]() {
      await ask('release');
      await run('umount', ['-l', mount]);
      await ended;
    },
  };
}
