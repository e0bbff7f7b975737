import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figures } from './figures.ts';
import type { HotPath } from './hot-path.ts';

/**
 * A young generation that no run fills, so that nothing is collected; and no compiler, as code allocates less from the
 * moment on when it is compiled, which is never the same. What is counted is the program as it is written.
 */
const flags = [
  '--expose-gc',
  '--min-semi-space-size=256',
  '--max-semi-space-size=256',
  '--no-sparkplug',
  '--no-maglev',
  '--no-opt',
];
const counter = fileURLToPath(new URL('counting/count.ts', import.meta.url));
const processes = 2;

/** Counts the paths, each in a process of its own: what one leaves in the caches of the VM is not in another's figures. */
export async function measure(paths: readonly HotPath[]): Promise<ReadonlyMap<HotPath, Figures>> {
  const waiting = paths.entries();
  const figures: Figures[] = [];
  const work = async (): Promise<void> => {
    for (const [index, path] of waiting) figures[index] = await count(path);
  };
  await Promise.all(Array.from({ length: processes }, work));
  return new Map(paths.map((path, index) => [path, figures[index] as Figures]));
}

async function count({ name }: HotPath): Promise<Figures> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, counter, name]);
  return JSON.parse(stdout) as Figures;
}
