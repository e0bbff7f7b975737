import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figures } from './figures.ts';
import type { HotPath } from './hot-path.ts';
import { GROUPS, HOT_PATHS } from './paths/index.ts';

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
/** At the same time. */
const processes = 2;

/** Counts all paths, in their order. */
export async function measure(): Promise<ReadonlyMap<HotPath, Figures>> {
  const groups = Object.keys(GROUPS).entries();
  const figures: (readonly Figures[])[] = [];
  const work = async (): Promise<void> => {
    for (const [index, group] of groups) figures[index] = await figuresOf(group);
  };
  await Promise.all(Array.from({ length: processes }, work));
  const inOrder = figures.flat();
  return new Map(HOT_PATHS.map((path, index) => [path, inOrder[index] as Figures]));
}

async function figuresOf(group: string): Promise<readonly Figures[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, counter, group]);
  return JSON.parse(stdout) as readonly Figures[];
}
