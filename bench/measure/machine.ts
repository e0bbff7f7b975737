import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import type { Machine } from '../results.ts';

/** What the run was made on: the reader needs it to compare figures, and to make them again. */
export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${distribution()}, Linux ${release()}`,
    node: process.version,
    openssl: `${process.versions.openssl} in Node, ${systemOpenssl()} of the system`,
  };
}

function distribution(): string {
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
}

function systemOpenssl(): string {
  return execFileSync('openssl', ['version'], { encoding: 'utf8' }).split(' ')[1] ?? 'unknown';
}
