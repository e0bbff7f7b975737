/** `npm run bench:hot-paths`: counts what the hot paths cost, and fails where that rose; `--update` sets the baseline anew. */
import { parseArgs } from 'node:util';
import { nodeMajor, readBaseline, stepsUp, writeBaseline } from './baseline.ts';
import { measure } from './measure.ts';

const { values } = parseArgs({ options: { update: { type: 'boolean', default: false } } });
const measured = await measure();
console.table(
  Object.fromEntries(Array.from(measured, ([{ name, unit }, figures]) => [`${name}, per ${unit}`, figures])),
);
if (values.update) {
  await writeBaseline(measured);
} else {
  const baseline = await readBaseline();
  if (baseline.node !== nodeMajor)
    throw new Error(`The baseline is Node ${baseline.node}'s, this is Node ${nodeMajor}`);
  for (const step of Array.from(measured, ([path, figures]) => stepsUp(path, figures, baseline)).flat()) {
    console.error(step);
    process.exitCode = 1;
  }
}
