import { finished } from 'node:stream/promises';
import {
  baseName,
  type Entry,
  type Files,
  type OpenTransfer,
  type Upload,
  type VirtualPath,
} from '../../core/index.ts';
import { SftpFailure } from '../failures.ts';
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
  let appended = 0;
  /** The last call of `write`. */
  let written: Promise<void> = Promise.resolve();
  const write = async (bytes: Uint8Array, position: number): Promise<void> => {
    await transfer.admit(bytes.length);
    await new Promise<void>((resolve, reject) => {
      sink.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
    appended += bytes.length;
    transfer.moved(position, bytes.length);
  };
  const { withAttributes, ...ends } = settleUpload({
    files,
    path,
    endings: upload,
    transfer,
    async commit() {
      sink.end();
      await finished(sink, { readable: false });
      await upload.commit();
    },
  });
  return {
    kind: 'file',
    path,
    transfer,
    async stat() {
      await written.catch(() => undefined);
      const base = await upload.replaces();
      const entry = base?.kind === 'link' ? await files.stat(path, { signal }) : (base ?? emptyFile(path));
      return withAttributes({ ...entry, size: entry.size + appended });
    },
    readable: (_, length) => length,
    read: cannot,
    truncate: cannot,
    write(bytes, position) {
      written = write(bytes, position);
      return written;
    },
    // It is on the disk once it is closed, and seen no earlier.
    async flush() {},
    ...ends,
  };
}

function emptyFile(path: VirtualPath): Entry {
  return { name: baseName(path), kind: 'file', size: 0, modified: new Date() };
}

async function cannot(): Promise<never> {
  throw new SftpFailure('unsupported', 'The file is open for appending');
}
