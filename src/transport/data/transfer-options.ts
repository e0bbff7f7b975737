import type { Transform } from 'node:stream';
import type { RateLimiter } from '../../core/index.ts';

/** How the bytes of one transfer move. */
export interface DataTransferOptions {
  readonly signal: AbortSignal;
  /** Limits how fast bytes pass on the wire. */
  readonly rateLimiter?: RateLimiter;
  /** What stands between storage and wire, in the order in which the bytes pass. */
  readonly through?: readonly Transform[];
  /**
   * Of a sender, asked when its source has ended: whether that was not all. Then the peer gets what there is, and sees by
   * the end of its stream that it is a part. Not in the clear, where no end tells that: there it is lost in part.
   */
  readonly isPart?: () => boolean;
}
