import { Buffer } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { background, type ReceiptIssuer, type ReceiptRequest, type RecordStore } from '../../core/index.ts';
import { sealed } from './chain.ts';
import { type AuditPaths, type AuditSegment, auditPaths, segmentAt, segmentsIn } from './files.ts';
import type { AuditFields } from './from-events.ts';
import { type Head, signedHead } from './head.ts';
import { endOfJournal, type JournalEnd } from './journal-end.ts';
import { JournalWriter } from './journal-writer.ts';
import { type CurrentKey, openKey, takeOver } from './keyring.ts';
import { lastHead } from './read-heads.ts';
import { signedReceipt } from './receipt.ts';
import { type RetentionPolicy, removable } from './retention.ts';
import { SegmentIndex } from './segment-index.ts';

/** A segment with so many bytes is closed: small enough to be read at once, where it has no index yet. */
const SEGMENT_BYTES = 33_554_432;
/** So is one that was begun so long ago: only closed segments can be removed by age. */
const SEGMENT_MS = 86_400_000;
/** A journal that begins so soon after its key was made is the key's own; a crash may have taken its first record. */
const FIRST_START_MS = 60_000;

export interface JournalOptions {
  readonly directory: string;
  /** The name of this machine. */
  readonly node: string;
  /** Records that wait for the disk; further ones are lost, and counted. */
  readonly maxQueuedBytes: number;
  readonly stallMs: number;
  readonly headEveryMs: number;
  readonly retention: RetentionPolicy;
  readonly onTrouble: (trouble: string | undefined) => void;
  /** Tells operators what they should look at. */
  readonly warn: (message: string) => void;
  /** Default: 32 MiB. */
  readonly segmentBytes?: number;
  /** In ms since 1970. Default: that of the system. */
  readonly now?: () => number;
}

/** The audit trail of a service. There is one for each directory at a time. It never blocks, and never throws on what the disk does. */
export class Journal implements RecordStore, ReceiptIssuer, AsyncDisposable {
  readonly #options: JournalOptions;
  readonly #paths: AuditPaths;
  readonly #writer: JournalWriter;
  readonly #now: () => number;
  readonly #journal: string;
  readonly #cursors = new Map<string, () => number>();
  readonly #timer: NodeJS.Timeout;
  #current: CurrentKey;
  #number: number;
  #chain: string;
  #segment: AuditSegment | undefined;
  #segmentSince = 0;
  #index = new SegmentIndex();
  /** The number of the last record that is not a head itself and that a head is still to cover; 0 where there is none. */
  #uncovered = 0;
  #lost = 0;
  #lostInAll = 0;
  #lostSince = 0;

  private constructor(options: JournalOptions, current: CurrentKey, { number, chain, journal }: JournalEnd) {
    this.#options = options;
    this.#paths = auditPaths(options.directory);
    this.#now = options.now ?? Date.now;
    this.#current = current;
    this.#journal = journal ?? newJournal(current, this.#now());
    this.#number = number;
    this.#chain = chain;
    const { stallMs, onTrouble } = options;
    this.#writer = new JournalWriter({ paths: this.#paths, stallMs, onTrouble });
    this.#timer = setInterval(() => this.#tend(), options.headEveryMs).unref();
  }

  /** Opens a journal, or begins one. What a crash has left of a line is set aside. @throws what the system says */
  static async open(options: JournalOptions): Promise<Journal> {
    const { directory, warn } = options;
    const paths = auditPaths(directory);
    await mkdir(paths.inbox, { recursive: true, mode: 0o700 });
    await chmod(directory, 0o700);
    const end = await endOfJournal(directory);
    const head = await lastHead(paths);
    const journal = new Journal(options, await openKey(paths, end.journal ?? head?.journal), end);
    journal.#openSegment(end.number === 0 && head ? { after: { journal: head.journal, number: head.number } } : {});
    if (head && head.number > end.number) {
      warn(`The audit trail ends at record ${end.number}, and ${head.number} were signed: run "lockport audit verify"`);
    }
    if (end.setAside) journal.append({ event: 'journal.recovered', ...end.setAside });
    // What a crash has left without a head has one before anything else happens.
    journal.signHead();
    return journal;
  }

  /** Another one where the journal was begun anew: its numbers begin anew, too. */
  get id(): string {
    return this.#journal;
  }

  /** The number of the last record. */
  get number(): number {
    return this.#number;
  }

  /** What keeps records from being written now. */
  get trouble(): string | undefined {
    return this.#writer.trouble;
  }

  /** Bytes of records that wait for the disk. */
  get queuedBytes(): number {
    return this.#writer.queuedBytes;
  }

  /** Records that were lost since the start. */
  get lostRecords(): number {
    return this.#lostInAll;
  }

  /**
   * Records something that has happened. Gives its number; undefined where it is lost, because too much waits for the disk.
   * @param isNeeded whether it is kept although too much waits; whoever says so bounds how much that can become
   */
  append(fields: AuditFields, at = this.#now(), isNeeded = false): number | undefined {
    if (!isNeeded && this.#writer.queuedBytes >= this.#options.maxQueuedBytes) {
      this.noteLost(1);
      return undefined;
    }
    if (this.#index.bytes >= (this.#options.segmentBytes ?? SEGMENT_BYTES)) this.#turnSegment();
    this.#tellLost();
    this.#uncovered = this.#add(fields, at);
    return this.#uncovered;
  }

  /** Counts records that are lost, here or on the way here. */
  noteLost(count: number): void {
    if (this.#lost === 0) this.#lostSince = this.#now();
    this.#lost += count;
    this.#lostInAll += count;
  }

  /** Resolves once all records so far are on the disk; with false where they can't be. */
  recorded(): Promise<boolean> {
    return this.#writer.written(this.#number);
  }

  /** As `recorded`, of the records up to a number. */
  recordedThrough(number: number): Promise<boolean> {
    return this.#writer.written(number);
  }

  /** Signs how far the journal goes, where that is not signed yet. */
  signHead(): void {
    if (this.#uncovered === 0) return;
    const { key } = this.#current;
    const at = new Date(this.#now()).toISOString();
    const head: Head = signedHead({ journal: this.#journal, number: this.#number, chain: this.#chain, at }, key);
    this.#uncovered = 0;
    this.#add({ event: 'head.signed', head }, this.#now());
    this.#writer.add({ kind: 'head', head });
  }

  /** Records that a receipt is given, and signs it; undefined where that can't be recorded now. */
  async issue({ account, path, bytes, sha256, ...request }: ReceiptRequest): Promise<string | undefined> {
    const at = this.#now();
    const record = this.append({ event: 'receipt.issued', account, path, bytes, sha256, ...request }, at);
    if (record === undefined || !(await this.recorded())) return undefined;
    const facts = { account, path, bytes, sha256, record, journal: this.#journal, time: new Date(at).toISOString() };
    return JSON.stringify(signedReceipt({ ...facts, server: this.#options.node }, this.#current.key));
  }

  /** Keeps records from `position` on for a reader of this name, whatever the policy, until it is disposed. */
  hold(reader: string, position: () => number): Disposable {
    this.#cursors.set(reader, position);
    return { [Symbol.dispose]: () => this.#cursors.delete(reader) };
  }

  /** Lets a key that waits take over. Resolves with whether one did. */
  async rotateKey(): Promise<boolean> {
    const { key, statement } = this.#current;
    const next = await takeOver(this.#paths, { key, last: statement });
    if (!next) return false;
    this.signHead();
    this.#current = next;
    this.append({ event: 'key.rotated', statement: next.statement });
    this.signHead();
    return true;
  }

  /** Removes the segments that the policy does not keep, once a signed head says how far they went. */
  async retain(): Promise<void> {
    const segments = await segmentsIn(this.#paths.directory);
    const oldestHeld = Math.min(Infinity, ...[...this.#cursors.values()].map((position) => position()));
    const going = await removable(segments, this.#options.retention, { now: this.#now(), oldestHeld });
    if (!going) return;
    const { segments: removed, through, chain } = going;
    this.append({ event: 'segments.removed', through, chain, segments: removed.length });
    this.signHead();
    this.#writer.add({ kind: 'remove', segments: removed, keptFrom: through + 1 });
  }

  /** Signs the last head, and waits for what is still to be written. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.signHead();
    await this.#writer.end();
  }

  #tend(): void {
    if (this.#now() - this.#segmentSince >= SEGMENT_MS) this.#turnSegment();
    this.signHead();
    background(this.rotateKey(), (error) =>
      this.#options.warn(`The new key of the audit trail can't be used: ${String(error)}`),
    );
  }

  #add({ event, ...fields }: AuditFields, at: number): number {
    this.#number += 1;
    const { line, chain } = sealed(this.#chain, {
      n: this.#number,
      at: new Date(at).toISOString(),
      event,
      node: this.#options.node,
      ...fields,
    });
    this.#chain = chain;
    const bytes = Buffer.byteLength(line);
    this.#index.add({ event, ...fields }, at, bytes);
    this.#writer.add({ kind: 'line', line, bytes, number: this.#number });
    return this.#number;
  }

  #tellLost(): void {
    if (this.#lost === 0) return;
    const [count, from] = [this.#lost, new Date(this.#lostSince).toISOString()];
    this.#lost = 0;
    this.#add({ event: 'records.lost', count, from, to: new Date(this.#now()).toISOString() }, this.#now());
  }

  #turnSegment(): void {
    this.signHead();
    this.#openSegment({});
    background(this.retain(), (error) => this.#options.warn(`Old records were not removed: ${String(error)}`));
  }

  /** Its first record says what it follows, so that a segment whose predecessors were removed can be verified. */
  #openSegment(more: object): void {
    const segment = segmentAt(this.#paths.directory, this.#number + 1);
    const closed = this.#segment && { segment: this.#segment, index: this.#index };
    this.#index = new SegmentIndex();
    this.#segment = segment;
    this.#segmentSince = this.#now();
    this.#writer.add({ kind: 'segment', segment, ...(closed && { closed }) });
    const { key } = this.#current;
    this.#uncovered = this.#add(
      { event: 'segment.begun', format: 1, journal: this.#journal, previous: this.#chain, key: key.id, ...more },
      this.#now(),
    );
  }
}

/** The key's statement names the journal that it was made for, so that one which is begun anew has another name. */
function newJournal({ statement }: CurrentKey, now: number): string {
  const isFirst = statement.previous === undefined && now - Date.parse(statement.at) < FIRST_START_MS;
  return isFirst ? statement.journal : randomUUID();
}
