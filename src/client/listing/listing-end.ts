import type { IncompleteFacts } from './incomplete-listing.ts';

/** How a listing came to its end. */
export interface ListingEnd {
  /** Why there may be more than what came, as far as the server's replies tell. */
  readonly doubt: Pick<IncompleteFacts, 'reason' | 'reply'> | undefined;
  /** Whether its stream ended as TLS streams must; only `endOfStream: 'lenient'` takes one that did not. */
  readonly isClosed: boolean;
}
