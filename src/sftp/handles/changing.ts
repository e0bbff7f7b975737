import type { Files, OpenTransfer, VirtualPath, WritableFile } from '../../core/index.ts';
import { isPublished } from '../is-published.ts';
import type { FileHandle } from './handle.ts';
import { settleUpload } from './settle-upload.ts';

/** How a file was opened for writing. */
export interface ChangingParts {
  readonly files: Pick<Files, 'allows' | 'setAttributes' | 'stat'>;
  readonly path: VirtualPath;
  readonly file: WritableFile;
  readonly transfer: OpenTransfer;
  /** It began empty. */
  readonly isNew: boolean;
}

/** A file that is open for writing at any position. It is published when it is closed, and only if no byte of it is missing. */
export function changingHandle({ files, path, file, transfer, isNew }: ChangingParts): FileHandle {
  let isChanged = isNew;
  const commit = async (): Promise<unknown> => {
    if (isChanged) return file.commit();
    // Nothing was written: what is published stays as it is, and what was interrupted stays so, whether or not its client is
    // still there.
    if (await isPublished(files, path)) return file.discard();
    return (await file.stat()).size > 0 ? file.suspend() : file.commit();
  };
  const { withAttributes, ...ends } = settleUpload({ files, path, endings: file, transfer, commit });
  return {
    kind: 'file',
    path,
    transfer,
    async stat() {
      await transfer.admitted();
      return withAttributes(await file.stat());
    },
    readable: (_, length) => length,
    async read(into, position) {
      await transfer.admitted();
      return file.read(into, position);
    },
    async write(bytes, position) {
      isChanged = true;
      await transfer.admit(bytes.length);
      await file.write(bytes, position);
      transfer.moved(position, bytes.length);
    },
    async truncate(size) {
      isChanged = true;
      await transfer.admitted();
      await file.truncate(size);
    },
    async flush() {
      await transfer.admitted();
      await file.flush();
    },
    ...ends,
  };
}
