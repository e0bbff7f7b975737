import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { findTool } from '../../test/interop/tool.ts';
import type { Machine } from '../results.ts';

/** What the run was made on: the reader needs it to compare figures, and to make them again. */
export async function describeMachine(): Promise<Machine> {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${distribution()}, Linux ${release()}`,
    node: process.version,
    openssl: `${process.versions.openssl} in Node, ${await systemOpenssl()} of the system`,
  };
}

function distribution(): string {
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unknown';
}

async function systemOpenssl(): Promise<string> {
  const openssl = await findTool('openssl');
  const said = await openssl?.run(['version']);
  return said?.split(' ')[1] ?? 'unknown';
}
