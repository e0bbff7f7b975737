import { homeOf } from '../connection/server-facts.ts';
import { entriesOf, type RemoteListOptions } from '../listing/directory-entries.ts';
import type { IncompleteListing, IncompleteReason } from '../listing/incomplete-listing.ts';
import type { Check } from './examined-server.ts';

/** Whether a listing can be read to its end. */
export const listing: Check = async function* ({ pool, signedIn, signal }) {
  let entries = 0;
  let withoutTime = 0;
  let incomplete: IncompleteListing | undefined;
  const options: RemoteListOptions = {
    signal,
    onIncomplete(failure) {
      incomplete = failure;
    },
  };
  for await (const { modified } of entriesOf(pool, homeOf(signedIn, pool.settings), options)) {
    entries += 1;
    if (!modified) withoutTime += 1;
    if (entries === enough) break;
  }
  const kind = signedIn.features.has('MLST') || signedIn.features.has('MLSD') ? 'MLSD' : 'LIST';
  const count = entries === enough ? `${entries} and more` : String(entries);
  if (incomplete) {
    yield {
      check: 'listing',
      verdict: 'bad',
      message: `${kind} shows ${counted(count)}, and that is not all. ${incomplete.message}`,
      advice: ADVICE[incomplete.reason],
      facts: { entries, withoutTime, kind, incomplete: incomplete.reason },
    };
    return;
  }
  yield {
    check: 'listing',
    verdict: withoutTime > 0 ? 'note' : 'good',
    message: `${kind} shows ${counted(count)}${withoutTime > 0 ? `, ${withoutTime} of them without a time` : ''}`,
    facts: { entries, withoutTime, kind },
  };
};

/** More than Pure-FTPd lists by default, so that its limit shows. */
const enough = 10_001;

const ADVICE: { readonly [reason in IncompleteReason]: string } = {
  cut: "Raise the server's limit of entries in a listing (Pure-FTPd: LimitRecursion), or keep fewer in a directory",
  'nothing-sent': 'Whether the directory is empty can not be told here; look with another program',
  lines: 'Please report the line: programs will miss what it stands for',
  kinds: 'Devices, pipes and the like can not be transferred',
  'no-end': 'The server ends its data without close_notify, so that a listing that was cut looks like a whole one',
};

function counted(count: string): string {
  return `${count} ${count === '1' ? 'entry' : 'entries'}`;
}
