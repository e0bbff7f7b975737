import { AuditError } from './audit-error.ts';
import { auditPaths } from './files.ts';
import { presentKey } from './keyring.ts';
import { knownKeys } from './known-keys.ts';
import { provenRecord } from './proven-record.ts';
import { type Receipt, type ReceiptFacts, signedReceipt } from './receipt.ts';
import type { AuditRecord } from './search.ts';

/**
 * A receipt of an upload, by the number of its record, which is proven first. Needs the private key.
 * @throws AuditError where the record is none of a whole file with its SHA-256, or not proven
 */
export async function receiptOfRecord(directory: string, number: number): Promise<Receipt> {
  const record = await provenRecord(directory, number);
  const paths = auditPaths(directory);
  const key = await presentKey(paths).catch((error) => {
    throw AuditError.from(error);
  });
  const journal = (await knownKeys(paths)).at(0)?.statement.journal;
  if (!key || journal === undefined) throw AuditError.none(directory);
  return signedReceipt({ ...factsOf(record), journal, record: number }, key);
}

/** Uploads by these store a whole file where they begin at its first byte; a receipt says what the record says, and no more. */
const WHOLE_FILE_VERBS: ReadonlySet<unknown> = new Set(['STOR', 'STOU', 'BNDL']);

function factsOf({
  n,
  event,
  at,
  node,
  account,
  path,
  bytes,
  sha256,
  ...rest
}: AuditRecord): Omit<ReceiptFacts, 'journal' | 'record'> {
  const isUpload =
    event === 'transfer.finished' &&
    rest['direction'] === 'upload' &&
    rest['outcome'] === 'complete' &&
    rest['offset'] === 0 &&
    WHOLE_FILE_VERBS.has(rest['verb']);
  if (!isUpload && event !== 'receipt.issued') {
    throw new AuditError(
      `Record ${n} is not of a file that was uploaded whole and in one piece; of any other file, its account gets a receipt by SITE RECEIPT`,
    );
  }
  if (typeof sha256 !== 'string') {
    throw new AuditError(
      `Record ${n} has no SHA-256: digestTransfers computes it for each transfer, and SITE RECEIPT when an account asks`,
    );
  }
  return { server: String(node), account: String(account), path: String(path), bytes: Number(bytes), sha256, time: at };
}
