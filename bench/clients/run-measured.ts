import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Command } from './client.ts';

/** What one run of a program took, from its start to its end. */
export interface Taken {
  readonly wallS: number;
  /** In user and system mode, of the program and all that it started. */
  readonly cpuS: number;
}

/** Bash tells what its children took to the millisecond (getrusage); the program itself writes elsewhere. */
const script = '"$@" 3>&-; code=$?; times >&3; exit $code';
/** How much of what the program says is told when it fails: the first failure, not all that follow from it. */
const maxSaidCharacters = 300;

/** Runs a program to its end, in a directory and with a user's home. @throws with what it said when it fails */
export async function runMeasured(command: Command, directory: string, home: string): Promise<Taken> {
  const environment = { PATH: process.env['PATH'], LC_ALL: 'C', HOME: home, ...command.environment };
  const start = performance.now();
  const child = spawn('bash', ['-c', script, 'bash', ...command.words], {
    cwd: directory,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const outputs = child.stdio.slice(1) as readonly Readable[];
  const [said, times] = await Promise.all([
    Promise.all(outputs.slice(0, 2).map(text)),
    Promise.all(outputs.slice(2).map(text)),
    once(child, 'close'),
  ]);
  const wallS = (performance.now() - start) / 1000;
  if (child.exitCode !== 0) {
    const heard = said.join('').slice(0, maxSaidCharacters);
    throw new Error(`${command.words[0]} ended with ${child.exitCode ?? child.signalCode}: ${heard}`);
  }
  return { wallS, cpuS: cpuOfChildren(times.join('')) };
}

/** The second line of bash's `times` is of the children: `0m1.234s 0m0.567s`, user and system. */
function cpuOfChildren(times: string): number {
  const [, children = ''] = times.trim().split('\n');
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
  );
  if (seconds.length !== 2) throw new Error(`Not what bash's times prints: ${times}`);
  return seconds.reduce((sum, value) => sum + value, 0);
}
