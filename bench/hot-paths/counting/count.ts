/** A process that counts one path, named by its argument, and writes what it counted as JSON. */
import type { Figures } from '../figures.ts';
import { countAllocations } from './allocations.ts';
import { countAsyncResources } from './async-resources.ts';
import { StepCounter } from './step-counter.ts';

const steps = await StepCounter.start();
const { HOT_PATHS } = await import('../paths/index.ts');
const path = HOT_PATHS.find(({ name }) => name === process.argv[2]);
if (!path) throw new Error(`There is no hot path ${process.argv[2]}`);
// Once for all that is made the first time only: code that is loaded, caches, shapes of objects.
await steps.count(path);
const run = {
  ...(await countAllocations(path)),
  asyncResources: await countAsyncResources(path),
  ...(await steps.count(path)),
};
const figures = Object.fromEntries(
  Object.entries(run).map(([name, value]) => [name, Math.round((value / path.units) * 100) / 100]),
) as Figures;
process.stdout.write(JSON.stringify(figures));
