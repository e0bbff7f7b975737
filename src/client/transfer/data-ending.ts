import type { Ending } from '../../core/index.ts';
import { DataError } from '../../transport/index.ts';

/** @throws DataError for a stream of the server's that did not come to its end, as what came may be a part */
export function throwUnlessWhole(ending: Ending): void {
  switch (ending) {
    case 'clean':
      return;
    case 'stalled':
      throw new DataError('stalled', 'The server sent nothing for too long (stallMs)');
    case 'aborted':
      throw new DataError('aborted', 'The transfer was broken off');
    case 'cut':
      throw new DataError('reset', 'The data stream ended without close_notify: what came may be a part');
    case 'reset':
      throw new DataError('reset', 'The server broke the data connection off');
  }
}
