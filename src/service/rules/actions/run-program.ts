import { Buffer } from 'node:buffer';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import process from 'node:process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { background, printable, waitAtMost } from '../../../core/index.ts';
import type { SystemUser } from '../../privileges.ts';
import { StartError } from '../../start-error.ts';
import { systemCode } from '../../system-error.ts';

/** Of what a program writes, for operators; the rest is read and dropped. */
const MAX_SHOWN_BYTES = 400;
const LAST_WORDS_MS = 1000;
/** Nothing of the server's own environment reaches a program: it may hold secrets. */
const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

export interface ProgramRun {
  readonly program: string;
  readonly args: readonly string[];
  /** Its standard input. */
  readonly input: string | Readable;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Whom it runs as; undefined: whom the server runs as. */
  readonly user?: SystemUser | undefined;
}

export interface ProgramEnd {
  /** The exit code; undefined where it was killed, ended by a signal, or never ran. */
  readonly code: number | undefined;
  /** How it ended, in words. */
  readonly how: string;
  /** The beginnings of what it wrote, each on one line. */
  readonly output: string;
  readonly errors: string;
}

/** @throws StartError where a program can't be run, which `namedBy` names */
export async function checkProgram(program: string, namedBy: string): Promise<void> {
  await access(program, constants.X_OK).catch((cause: unknown) => {
    const message = `${program}: can't be run (${systemCode(cause) ?? String(cause)}), and ${namedBy} names it`;
    throw new StartError(message, { cause });
  });
}

/**
 * Runs a program. No shell reads its arguments. It gets a directory and an environment that say nothing of the server, and a
 * process group of its own, which is killed as a whole when its time is over.
 */
export async function runProgram({ program, args, input, timeoutMs, signal, user }: ProgramRun): Promise<ProgramEnd> {
  const child = spawn(program, args, {
    cwd: '/',
    env: ENVIRONMENT,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user && { uid: user.uid, gid: user.gid }),
  });
  // One that does not read its input is as good as one that does.
  child.stdin.on('error', () => undefined);
  if (typeof input === 'string') child.stdin.end(input);
  else background(pipeline(input, child.stdin), () => undefined);
  const [output, errors] = [beginningOf(child.stdout), beginningOf(child.stderr)];
  const end = await endOf(child, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
  const how = end.how === 'killed' && !signal.aborted ? `killed after ${timeoutMs} ms` : end.how;
  return { ...end, how, output: output(), errors: errors() };
}

/** How it ended. What it has started in its group ends with it. */
async function endOf(child: ChildProcess, signal: AbortSignal): Promise<Pick<ProgramEnd, 'code' | 'how'>> {
  const { promise, resolve } = Promise.withResolvers<Pick<ProgramEnd, 'code' | 'how'>>();
  const kill = () => {
    killGroup(child);
    resolve({ code: undefined, how: 'killed' });
  };
  child.once('error', (error) =>
    resolve({ code: undefined, how: `can't be run (${systemCode(error) ?? error.message})` }),
  );
  child.once('exit', (code, by) =>
    resolve(code === null ? { code: undefined, how: `ended by ${by}` } : { code, how: `exit code ${code}` }),
  );
  const closed = once(child, 'close');
  background(closed, () => undefined);
  if (signal.aborted) kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', kill);
    killGroup(child);
    // What it has written last; a process that left the group may keep the pipe open.
    await waitAtMost(closed, LAST_WORDS_MS);
    child.stdin?.destroy();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended.
  }
}

/** Reads a stream to its end, keeps its beginning, and gives that on one line. */
function beginningOf(stream: Readable): () => string {
  let beginning = Buffer.alloc(0);
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    if (beginning.length >= MAX_SHOWN_BYTES) return;
    beginning = Buffer.concat([beginning, chunk]).subarray(0, MAX_SHOWN_BYTES);
  });
  return () => printable(beginning.toString().trim());
}
