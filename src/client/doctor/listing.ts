import { homeOf } from '../connection/server-facts.ts';
import { entriesOf } from '../listing/directory-entries.ts';
import type { Check } from './patient.ts';

/** Whether a listing can be read to its end. */
export const listing: Check = async function* ({ pool, signedIn, signal }) {
  let entries = 0;
  let withoutTime = 0;
  for await (const { modified } of entriesOf(pool, homeOf(signedIn, pool.settings), { signal })) {
    entries += 1;
    if (!modified) withoutTime += 1;
    if (entries === enough) break;
  }
  const kind = signedIn.features.has('MLST') || signedIn.features.has('MLSD') ? 'MLSD' : 'LIST';
  const count = entries === enough ? `${entries} and more` : String(entries);
  yield {
    check: 'listing',
    verdict: withoutTime > 0 ? 'note' : 'good',
    message: `${kind} shows ${count} ${count === '1' ? 'entry' : 'entries'}${withoutTime > 0 ? `, ${withoutTime} of them without a time` : ''}`,
    facts: { entries, withoutTime, kind },
  };
};

const enough = 10_000;
