import type { Files, OpenTransfer, ReadableFile, VirtualPath } from '../../core/index.ts';
import { SftpFailure } from '../failures.ts';
import type { FileHandle } from './handle.ts';

/** Behind what was the end when the file was opened: it may have grown. */
const BEHIND_END_BYTES = 4096;

/** A file that is open for reading alone. */
export function readingHandle(
  files: Pick<Files, 'setAttributes'>,
  path: VirtualPath,
  file: ReadableFile,
  transfer: OpenTransfer,
  signal: AbortSignal,
  size: number,
): FileHandle {
  const end = async (finish: () => void): Promise<void> => {
    try {
      await file.close();
    } finally {
      finish();
    }
  };
  return {
    kind: 'file',
    path,
    transfer,
    stat: () => file.stat(),
    readable: (position, length) => Math.min(length, Math.max(size - position, BEHIND_END_BYTES)),
    async read(into, position, isSent = true) {
      await transfer.admit(into.length);
      const bytes = await file.read(into, position);
      if (isSent) transfer.moved(position, bytes);
      return bytes;
    },
    write: isForReading,
    truncate: isForReading,
    flush: isForReading,
    setAttributes: (attributes) => files.setAttributes(path, attributes, { signal }),
    close: () => end(() => transfer.finished('clean', 'complete', 0)),
    abandon: async ({ ending, reason }) =>
      end(() => transfer.finished(ending, 'discarded', 4, reason)).catch(() => undefined),
  };
}

async function isForReading(): Promise<never> {
  throw new SftpFailure('permission-denied', 'The file is open for reading');
}
