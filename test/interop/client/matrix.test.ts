import { breakingOff } from './breaking-off.ts';
import { CELLS, type Cell, testCell } from './cells.ts';
import { entries } from './entries.ts';
import { refusals } from './refusals.ts';
import { resuming } from './resuming.ts';
import type { Scenarios } from './scenario.ts';
import { wholeFiles } from './whole-files.ts';

/** One client does it all on one server, in this order, so that what one scenario leaves behind meets the next. */
function scenariosOf({ security, tls }: Cell): Scenarios {
  const isFirst = security === 'explicit' && tls === 'TLSv1.3';
  // Refusals are the same in every mode, and servers make who has a wrong password wait.
  return { ...wholeFiles, ...resuming, ...breakingOff, ...entries, ...(isFirst && refusals) };
}

for (const cell of CELLS) {
  testCell(cell, 'all that a client does', async (setting, context) => {
    for (const [title, scenario] of Object.entries(scenariosOf(cell)))
      await context.test(title, () => scenario(setting));
  });
}
