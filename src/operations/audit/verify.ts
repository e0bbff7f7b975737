import type { KeyObject } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Alteration, type AuditVerdict, Found } from './alteration.ts';
import { AuditError } from './audit-error.ts';
import { type AuditPaths, type AuditSegment, auditPaths, readKeyStatements, segmentsIn } from './files.ts';
import { HeadCheck } from './head-check.ts';
import { type KnownKey, keyId, readKeys } from './keys.ts';
import { linesOf } from './lines.ts';
import { headsIn } from './read-heads.ts';
import { RecordCheck } from './record-check.ts';

export interface VerifyOptions {
  readonly directory: string;
  /** A key of the trail that is known from elsewhere. Absent: the keys in the directory are believed. */
  readonly publicKey?: KeyObject;
  /** A file of heads that were kept elsewhere. */
  readonly heads?: string;
  /** Ends it: it then rejects by its reason. */
  readonly signal?: AbortSignal;
}

/** How often a trail whose old segments are removed meanwhile is looked at anew. */
const ATTEMPTS = 5;

/**
 * Verifies an audit trail without the server: the chain, the signed heads, the keys. It reads one record after the other and
 * ends at the first that is not what it was. Changes nothing; a server may write meanwhile.
 * @throws AuditError where there is no trail, or it can't be read
 */
export async function verifyAudit(options: VerifyOptions): Promise<AuditVerdict> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await filesOf(options.directory);
    try {
      const verdict = await verifyOnce(options);
      // What retention takes away while it is read is no finding.
      if (verdict.isWhole || attempt === ATTEMPTS || (await filesOf(options.directory)) === before) return verdict;
    } catch (error) {
      options.signal?.throwIfAborted();
      const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      if (!isGone || attempt === ATTEMPTS) throw AuditError.from(error);
    }
  }
}

async function verifyOnce({ directory, publicKey, heads: kept, signal }: VerifyOptions): Promise<AuditVerdict> {
  const paths = auditPaths(directory);
  // Heads that come later than this cover records that may come too late, too.
  const headsEnd = await sizeOf(paths.heads);
  const segments = await segmentsIn(directory);
  const end = segments.length === 0 ? 0 : await sizeOf(segments.at(-1)?.file ?? '');
  if (segments.length === 0 && headsEnd === 0 && !kept) throw AuditError.none(directory);
  const isKeyGiven = publicKey !== undefined;
  let records = new RecordCheck([]);
  const sources: HeadCheck[] = [];
  let finding: Alteration | undefined;
  try {
    const keys = await trustedKeys(paths, publicKey);
    records = new RecordCheck(keys);
    if (headsEnd > 0) sources.push(new HeadCheck(headsIn(paths.heads, headsEnd), path.basename(paths.heads), keys));
    if (kept !== undefined) sources.push(new HeadCheck(headsIn(kept), path.basename(kept), keys));
    for (const source of sources) await source.begin(segments[0]?.first ?? 1);
    await followRecords(segments, { end, signal }, records, sources);
    for (const source of sources) source.end(records.last, records.journal);
    checkHeadsFile(records, headsEnd > 0 ? (sources[0]?.last ?? 0) : 0);
    records.end(Math.max(0, ...sources.map(({ last }) => last)));
  } catch (error) {
    if (!(error instanceof Found)) throw error;
    finding = error.finding;
  }
  return {
    isWhole: finding === undefined,
    ...(finding && { finding }),
    ...(records.journal !== '' && { journal: records.journal }),
    first: records.first,
    last: records.last,
    segments: segments.length,
    heads: sources.reduce((sum, { count }) => sum + count, 0),
    ...(records.keyId !== undefined && { key: records.keyId }),
    isKeyGiven,
    remarks: records.remarks,
  };
}

async function followRecords(
  segments: readonly AuditSegment[],
  { end, signal }: { readonly end: number; readonly signal: AbortSignal | undefined },
  records: RecordCheck,
  sources: readonly HeadCheck[],
): Promise<void> {
  for (const [index, segment] of segments.entries()) {
    records.segment(segment);
    const isLast = index === segments.length - 1;
    for await (const lines of linesOf(segment.file, { signal, ...(isLast && { end }) })) {
      for (const line of lines) {
        records.line(line, isLast && line === lines.at(-1));
        for (const source of sources) {
          if (source.isDue(records.last)) await source.pass(records.last, records.chain, records.journal);
        }
      }
    }
  }
}

/** @throws Found where the keys don't vouch for each other, or the one that is known is none of them */
async function trustedKeys(paths: AuditPaths, publicKey: KeyObject | undefined): Promise<readonly KnownKey[]> {
  const file = path.basename(paths.keys);
  const fail = (message: string): never => {
    throw new Found({ kind: 'key-unknown', record: 0, file, message });
  };
  const statements = await readKeyStatements(paths).catch(() => fail('The statements of the keys can not be read'));
  if (statements.length === 0) return fail('There is no statement of any key');
  const keys = readKeys(statements);
  if ('fault' in keys) return fail(`The key ${keys.key} is not to be believed: ${keys.fault}`);
  const given = publicKey && keyId(publicKey);
  if (given !== undefined && !keys.some(({ id }) => id === given)) {
    return fail(
      `The trail is signed by ${keys.map(({ id }) => id).join(', ')}, and the key that was given is ${given}`,
    );
  }
  return keys;
}

/** A head stands among the records before it stands in the file of heads; a crash may come between the two once. */
function checkHeadsFile(records: RecordCheck, lastInFile: number): void {
  if (records.lastHeadButOne <= lastInFile) return;
  const message = `The file of signed heads ends at record ${lastInFile}, and ${records.lastHeadButOne} was signed: its end was cut off`;
  throw new Found({ kind: 'heads-missing', record: records.lastHeadButOne, file: 'heads.jsonl', message });
}

/** What retention changes: where the trail begins, and which file holds the heads. */
async function filesOf(directory: string): Promise<string> {
  const segments = await segmentsIn(directory).catch(() => []);
  const heads = await stat(auditPaths(directory).heads).catch(() => undefined);
  return `${segments[0]?.first ?? 0} ${heads?.ino ?? 0}`;
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
