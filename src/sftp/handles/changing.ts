import { type Files, StorageError, type VirtualPath, type WritableFile } from '../../core/index.ts';
import type { OpenTransfer } from '../open-transfer.ts';
import type { FileHandle } from './handle.ts';
import { settleUpload } from './settle-upload.ts';

/** How a file was opened for writing. */
export interface ChangingParts {
  readonly files: Files;
  readonly path: VirtualPath;
  readonly file: WritableFile;
  readonly transfer: OpenTransfer;
  /** It began empty. */
  readonly isNew: boolean;
  readonly signal: AbortSignal;
}

/** A file that is open for writing at any position. It is published when it is closed, and only if no byte of it is missing. */
export function changingHandle({ files, path, file, transfer, isNew, signal }: ChangingParts): FileHandle {
  let isChanged = isNew;
  const commit = async (): Promise<unknown> => {
    if (isChanged) return file.commit();
    // Nothing was written: what is published stays as it is, and what was interrupted stays so.
    if (await isPublished(files, path, signal)) return file.discard();
    return (await file.stat()).size > 0 ? file.suspend() : file.commit();
  };
  return {
    kind: 'file',
    path,
    transfer,
    stat: () => file.stat(),
    read: (into, position) => file.read(into, position),
    async write(bytes, position) {
      isChanged = true;
      await transfer.admit(bytes.length);
      await file.write(bytes, position);
      transfer.moved(position, bytes.length);
    },
    async truncate(size) {
      isChanged = true;
      await file.truncate(size);
    },
    flush: () => file.flush(),
    ...settleUpload({ files, path, endings: file, transfer, signal, commit }),
  };
}

async function isPublished(files: Files, path: VirtualPath, signal: AbortSignal): Promise<boolean> {
  try {
    await files.stat(path, { signal });
    return true;
  } catch (error) {
    if (error instanceof StorageError && error.code === 'not-found') return false;
    throw error;
  }
}
