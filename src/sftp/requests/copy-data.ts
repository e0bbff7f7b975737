import { Buffer } from 'node:buffer';
import { SftpFailure } from '../failures.ts';
import { done, MAX_DATA_BYTES } from './answers.ts';
import type { RequestTable } from './request.ts';

/** Copies bytes from one open file into another (OpenSSH's PROTOCOL, section 4.10). */
export const COPY_REQUESTS: Pick<RequestTable, 'copy-data'> = {
  'copy-data': {
    order: 'alone',
    async run({ handles, signal }, { id, from, offset, length, to, toOffset }) {
      if (from === to) throw new SftpFailure('failure', 'A file is not copied into itself');
      const [source, target] = [handles.file(from), handles.file(to)];
      // A length of 0 means: up to the end.
      const wanted = length === 0 ? Number.POSITIVE_INFINITY : length;
      for (let copied = 0; copied < wanted; ) {
        signal.throwIfAborted();
        // The target may keep what it was given.
        const room = Buffer.allocUnsafe(Math.min(wanted - copied, MAX_DATA_BYTES));
        const bytes = await source.read(room, offset + copied, false);
        if (bytes === 0 && length === 0) break;
        if (bytes === 0) throw new SftpFailure('end-of-file', 'The file ended before all was copied');
        await target.write(room.subarray(0, bytes), toOffset + copied);
        copied += bytes;
      }
      return done(id);
    },
  },
};
