/** A process that counts one path, named by its argument, and writes the figures as JSON. */
import { FIGURE_NAMES } from '../figures.ts';
import { countAllocations } from './allocations.ts';
import { countAsyncResources } from './async-resources.ts';
import { StepCounter } from './step-counter.ts';

const counter = await StepCounter.start();
const { HOT_PATHS } = await import('../paths/index.ts');
const path = HOT_PATHS.find(({ name }) => name === process.argv[2]);
if (!path) throw new Error(`There is no hot path ${process.argv[2]}`);
await using prepared = await path.prepare();
// Once for all that is made the first time only: code that is loaded, caches, shapes of objects.
await counter.count(prepared);
const run = {
  ...(await countAllocations(prepared)),
  asyncResources: await countAsyncResources(prepared),
  ...(await counter.count(prepared)),
};
const figures = FIGURE_NAMES.map((name) => [name, Math.round((run[name] / path.units) * 100) / 100]);
process.stdout.write(JSON.stringify(Object.fromEntries(figures)));
