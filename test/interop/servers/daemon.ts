import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { HostPort } from '../../../src/protocol/index.ts';

/** How long a server may take until it listens. */
const startMs = 10_000;
const pollMs = 20;
/** How much of what it says is kept, for the error when it does not start. */
const maxOutputBytes = 8192;

/**
 * Runs the program and waits on the shell's input, which ends with whoever started it, killed or not; then the whole
 * group goes, with the children that a server has made for its sessions. It goes too when the program ends by itself.
 */
const script = '("$@" </dev/null; kill -KILL 0) & read -r _; kill -KILL 0';

/** A server that runs. */
export interface Daemon extends AsyncDisposable {
  /** Leads the process group and the session that all of the server's processes are in. */
  readonly processId: number;
}

/** A server process in the foreground, listening there; it can't outlive this process. */
export async function startDaemon(
  command: readonly string[],
  place: HostPort,
  environment: NodeJS.ProcessEnv,
): Promise<Daemon> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...command], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TZ: 'UTC', ...environment },
  });
  const output = recordOutput(child);
  const ended = once(child, 'close');
  const stop = async () => {
    child.stdin?.end();
    await ended;
  };
  try {
    await listening(place, child);
  } catch (cause) {
    await stop();
    throw new Error(`${command[0]} did not start: ${output()}`, { cause });
  }
  return { processId: child.pid ?? 0, [Symbol.asyncDispose]: stop };
}

function recordOutput(child: ChildProcess): () => string {
  let output = '';
  const record = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-maxOutputBytes);
  };
  child.stdout?.on('data', record);
  child.stderr?.on('data', record);
  return () => output;
}

async function listening(place: HostPort, child: ChildProcess): Promise<void> {
  const deadline = AbortSignal.timeout(startMs);
  while (!(await accepts(place))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error('It ended');
    await pause(pollMs, undefined, { signal: deadline });
  }
}

async function accepts({ address, port }: HostPort): Promise<boolean> {
  const socket = connect({ host: address, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
