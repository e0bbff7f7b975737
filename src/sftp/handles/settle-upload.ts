import {
  type Attributes,
  type Endings,
  type Entry,
  type Files,
  type OpenTransfer,
  StorageError,
  type VirtualPath,
} from '../../core/index.ts';
import { STATUS } from '../../protocol/index.ts';
import { statusOf } from '../failures.ts';
import type { FileHandle } from './handle.ts';

export interface UploadParts {
  readonly files: Pick<Files, 'allows' | 'setAttributes'>;
  readonly path: VirtualPath;
  readonly endings: Pick<Endings, 'suspend' | 'discard'>;
  readonly transfer: OpenTransfer;
  /** Publishes what came. */
  readonly commit: () => Promise<unknown>;
}

/** An upload that can end. */
export interface SettledUpload extends Pick<FileHandle, 'setAttributes' | 'close' | 'abandon'> {
  /** The entry as it will be once it is published, with the attributes that were set by now. */
  readonly withAttributes: (entry: Entry) => Entry;
}

/**
 * The two ends of an upload. Its client's CLOSE publishes it, durably; whatever else ends it keeps what came for resuming,
 * because nothing shows that it was whole. Attributes are set once it has a name that they can be set of.
 */
export function settleUpload({ files, path, endings, transfer, commit }: UploadParts): SettledUpload {
  let attributes: Attributes | undefined;
  return {
    withAttributes: (entry) => ({ ...entry, ...attributes }),
    async setAttributes(given) {
      // Once the file is published, a refusal would come too late.
      if (!files.allows('times', path)) throw new StorageError('denied', 'The account has no right here: times');
      attributes = { ...attributes, ...given };
    },
    async close() {
      let outcome: 'complete' | 'discarded' = 'discarded';
      try {
        await commit();
        outcome = 'complete';
        // The file has its name: that its client is gone by now must not keep it from its attributes.
        if (attributes) await files.setAttributes(path, attributes);
        transfer.finished('clean', outcome, STATUS.ok);
      } catch (error) {
        const { status, message } = statusOf(error);
        transfer.finished('clean', outcome, STATUS[status], message);
        throw error;
      } finally {
        // Has no effect on one that has ended.
        await endings.discard();
      }
    },
    async abandon({ ending, reason }) {
      const kept = await endings.suspend().catch(() => undefined);
      transfer.finished(ending, kept ? 'kept-partial' : 'discarded', STATUS['connection-lost'], reason);
    },
  };
}
