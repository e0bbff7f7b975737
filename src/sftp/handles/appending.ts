import { finished } from 'node:stream/promises';
import type { Files, Upload, VirtualPath } from '../../core/index.ts';
import { SftpFailure } from '../failures.ts';
import type { OpenTransfer } from '../open-transfer.ts';
import type { FileHandle } from './handle.ts';
import { settleUpload } from './settle-upload.ts';

/**
 * A file that is open for appending: what is written goes behind what the file is when it is closed, and the position that
 * a client names counts for nothing (`O_APPEND` of POSIX).
 */
export function appendingHandle(
  files: Files,
  path: VirtualPath,
  upload: Upload,
  transfer: OpenTransfer,
  signal: AbortSignal,
): FileHandle {
  const { sink } = upload;
  return {
    kind: 'file',
    path,
    transfer,
    stat: () => files.stat(path, { signal }),
    read: cannot,
    truncate: cannot,
    async write(bytes, position) {
      await transfer.admit(bytes.length);
      await new Promise<void>((resolve, reject) => {
        sink.write(bytes, (error) => (error ? reject(error) : resolve()));
      });
      transfer.moved(position, bytes.length);
    },
    // It is on the disk once it is closed, and seen no earlier.
    async flush() {},
    ...settleUpload({
      files,
      path,
      endings: upload,
      transfer,
      signal,
      async commit() {
        sink.end();
        await finished(sink, { readable: false });
        await upload.commit();
      },
    }),
  };
}

async function cannot(): Promise<never> {
  throw new SftpFailure('unsupported', 'The file is open for appending');
}
