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
  /** Of a sender: the last byte goes out now, and from now on the peer is waited for. */
  readonly onSent?: () => void;
  /**
   * Of a receiver in TLS 1.3: our own direction, in which nothing goes, is ended at once (RFC 8446 section 6.1), so that a
   * peer which waits for our close_notify behind its own need not. Not every peer takes that well.
   */
  readonly endsFirst?: boolean;
}
