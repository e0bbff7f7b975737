import { breakingOff } from './breaking-off.ts';
import { CELLS, testCell } from './cells.ts';
import { entries } from './entries.ts';
import { refusals } from './refusals.ts';
import { resuming } from './resuming.ts';
import { wholeFiles } from './whole-files.ts';

/** One client does it all on one server, in this order, so that what one scenario leaves behind meets the next. */
const SCENARIOS = Object.entries({ ...wholeFiles, ...resuming, ...breakingOff, ...entries, ...refusals });

for (const cell of CELLS) {
  testCell(cell, 'all that a client does', async (setting, context) => {
    for (const [title, scenario] of SCENARIOS) await context.test(title, () => scenario(setting));
  });
}
