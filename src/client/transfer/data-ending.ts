import type { Ending, EndOfStream } from '../../core/index.ts';
import { DataError } from '../../transport/index.ts';

/**
 * @param endOfStream `lenient`: the end of TCP is the end, as without TLS; what came is compared by size, and by the reply
 * @throws DataError for a stream of the server's that did not come to its end, as what came may be a part
 */
export function throwUnlessWhole(ending: Ending, endOfStream: EndOfStream): void {
  switch (ending) {
    case 'clean':
      return;
    case 'stalled':
      throw new DataError('stalled', 'The server sent nothing for too long (stallMs)');
    case 'aborted':
      throw new DataError('aborted', 'The transfer was broken off');
    case 'cut':
      if (endOfStream === 'lenient') return;
      throw new DataError(
        'reset',
        'The data stream ended without close_notify: what came may be a part. A server that always ends so is accepted ' +
          "with endOfStream: 'lenient' (--end-of-stream lenient)",
      );
    case 'reset':
      throw new DataError('reset', 'The server broke the data connection off');
  }
}
