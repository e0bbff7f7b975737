/** A process that counts the paths of the group that its argument names, and writes their figures as JSON. */
import { FIGURE_NAMES, type Figures } from '../figures.ts';
import type { HotPath } from '../hot-path.ts';
import { countAllocations } from './allocations.ts';
import { countAsyncResources } from './async-resources.ts';
import { StepCounter } from './step-counter.ts';

// Nothing takes long here: what asks the threads behind a slow answer would be counted differently on a busy machine.
performance.now = () => 0;

const counter = await StepCounter.start();
const { GROUPS } = await import('../paths/index.ts');
const figures: Figures[] = [];
for (const path of GROUPS[process.argv[2] ?? ''] ?? []) figures.push(await figuresOf(path));
process.stdout.write(JSON.stringify(figures));

async function figuresOf(path: HotPath): Promise<Figures> {
  await using prepared = await path.prepare();
  // Once for all that is made the first time only: code that is loaded, caches, shapes of objects.
  await counter.count(prepared);
  const run: Figures = {
    ...(await countAllocations(prepared)),
    asyncResources: await countAsyncResources(prepared),
    ...(await counter.count(prepared)),
  };
  const perUnit = FIGURE_NAMES.map((name) => [name, Math.round((run[name] / path.units) * 100) / 100] as const);
  return Object.fromEntries(perUnit) as Figures;
}
