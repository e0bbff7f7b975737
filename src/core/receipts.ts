import type { VirtualPath } from './path.ts';

/** What a front-end has found out of a file that an account wants a receipt of. */
export interface ReceiptRequest {
  readonly session: string;
  readonly address: string;
  readonly account: string;
  readonly path: VirtualPath;
  readonly bytes: number;
  /** Of the whole file, hex. */
  readonly sha256: string;
}

/** Signs receipts, and records that it has. */
export interface ReceiptIssuer {
  /** The receipt as JSON, on one line; undefined where it can't be recorded now. */
  issue(request: ReceiptRequest): Promise<string | undefined>;
}
