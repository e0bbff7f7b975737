import type { Endings } from '../../core/index.ts';
import { STATUS } from '../../protocol/index.ts';
import { statusOf } from '../failures.ts';
import type { OpenTransfer } from '../open-transfer.ts';
import type { FileHandle } from './handle.ts';

export interface UploadParts {
  readonly endings: Endings;
  readonly transfer: OpenTransfer;
  /** Publishes what came. */
  readonly commit: () => Promise<unknown>;
  /** What is still to do once it is published. */
  readonly committed?: () => Promise<void>;
}

/**
 * The two ends of an upload. Its client's CLOSE publishes it, durably; whatever else ends it keeps what came for resuming,
 * because nothing shows that it was whole.
 */
export function settleUpload({
  endings,
  transfer,
  commit,
  committed,
}: UploadParts): Pick<FileHandle, 'close' | 'abandon'> {
  return {
    async close() {
      try {
        await commit();
        await committed?.();
        transfer.finished('clean', 'complete', STATUS.ok);
      } catch (error) {
        const { status, message } = statusOf(error);
        transfer.finished('clean', 'discarded', STATUS[status], message);
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
