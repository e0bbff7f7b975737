import type { DigestAlgorithm } from '../core/index.ts';
import { FACTS, type FactName, type TransferMode, type TransferType } from '../protocol/index.ts';

/** What a session has agreed on for its transfers. It outlives a change of user (RFC 959 section 4.1.1), but not REIN. */
export class TransferParameters {
  /** RFC 959 section 3.1.1.1: ASCII until told otherwise. */
  type: TransferType = 'ascii';
  mode: TransferMode = 'stream';
  /** The facts that MLSD and MLST show (OPTS MLST). */
  facts: readonly FactName[] = FACTS;
  hashAlgorithm: DigestAlgorithm = 'SHA-256';
  /** RFC 2428 section 4: after EPSV ALL every other way to set up a data connection is refused. */
  extendedOnly = false;
}
