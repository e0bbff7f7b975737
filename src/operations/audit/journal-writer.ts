import { readFile, unlink } from 'node:fs/promises';
import { background } from '../../core/index.ts';
import { syncDirectory, writeWhole } from './durable-file.ts';
import { type AuditPaths, ifMissing, indexFileOf } from './files.ts';
import { readHead } from './head.ts';
import { formatIndex } from './index-file.ts';
import { LineFile } from './line-file.ts';
import { EntryQueue, type QueueEntry, type QueueStep } from './queue.ts';

/** Lines are written together that come within this time, where nobody waits for them. */
const TOGETHER_MS = 100;
/** They are written at once where there are so many. */
const TOGETHER_BYTES = 262_144;
const RETRY_MS = 1000;

export interface JournalWriterOptions {
  readonly paths: AuditPaths;
  /** How long a disk may take for one write; then it counts as broken until that write is done. */
  readonly stallMs: number;
  /** Called with what keeps records from being written, and with undefined once they are written again. */
  readonly onTrouble: (trouble: string | undefined) => void;
}

interface Waiter {
  readonly number: number;
  readonly resolve: (isWritten: boolean) => void;
}

/** Writes the entries of a journal, one after the other, in groups. What fails is tried again until it is written. */
export class JournalWriter {
  readonly #options: JournalWriterOptions;
  readonly #queue = new EntryQueue();
  #waiters: readonly Waiter[] = [];
  #segment: LineFile | undefined;
  #heads: LineFile | undefined;
  /** Of the last record that is on the disk. */
  #synced = 0;
  #written = 0;
  #working: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #trouble: string | undefined;

  constructor(options: JournalWriterOptions) {
    this.#options = options;
  }

  get trouble(): string | undefined {
    return this.#trouble;
  }

  get queuedBytes(): number {
    return this.#queue.bytes;
  }

  add(entry: QueueEntry): void {
    this.#queue.add(entry);
    if (this.#trouble !== undefined) return;
    if (this.#queue.bytes >= TOGETHER_BYTES) this.#begin();
    else this.#beginIn(TOGETHER_MS);
  }

  /** Resolves once the record of that number is on the disk; with false where it can't be written now. */
  written(number: number): Promise<boolean> {
    if (number <= this.#synced) return Promise.resolve(true);
    if (this.#trouble !== undefined) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#waiters = [...this.#waiters, { number, resolve }];
    this.#begin();
    return promise;
  }

  /** Writes what waits, once more where that has failed; then nothing may be added. */
  async end(): Promise<void> {
    this.#begin();
    await this.#working;
    clearTimeout(this.#timer);
    this.#answer(() => true, false);
    await this.#segment?.[Symbol.asyncDispose]();
    await this.#heads?.[Symbol.asyncDispose]();
  }

  #beginIn(ms: number): void {
    this.#timer ??= setTimeout(() => this.#begin(), ms).unref();
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // Work with nothing to do would end before it is noted here as under way, and would be so for ever.
    if (this.#working || !this.#isNeeded) return;
    this.#working = this.#work();
    background(this.#working, () => undefined);
  }

  get #isNeeded(): boolean {
    return !this.#queue.isEmpty || this.#waiters.length > 0;
  }

  async #work(): Promise<void> {
    const watch = setTimeout(() => this.#fail('the disk does not answer'), this.#options.stallMs).unref();
    try {
      while (this.#isNeeded) {
        const lines = await this.#writeLines();
        await this.#takeStep();
        watch.refresh();
        // While records wait behind a step, there may be no room for further ones.
        if (lines > 0 || this.#queue.isEmpty) this.#recover();
      }
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
      this.#beginIn(RETRY_MS);
    } finally {
      clearTimeout(watch);
      this.#working = undefined;
    }
  }

  /** Gives how many. */
  async #writeLines(): Promise<number> {
    const { lines } = this.#queue;
    const isWaitedFor = this.#waiters.length > 0;
    await this.#segment?.append(lines.map(({ line }) => line).join(''), isWaitedFor);
    this.#queue.done(lines.length);
    this.#written = lines.at(-1)?.number ?? this.#written;
    if (isWaitedFor) {
      this.#synced = this.#written;
      this.#answer(({ number }) => number <= this.#synced, true);
    }
    return lines.length;
  }

  async #takeStep(): Promise<void> {
    const { step } = this.#queue;
    if (!step) return;
    await this.#carryOut(step);
    this.#queue.done(1);
  }

  async #carryOut(step: QueueStep): Promise<void> {
    const { paths } = this.#options;
    switch (step.kind) {
      case 'head':
        // A head on the disk promises that all it covers is there, too.
        await this.#segment?.append('', true);
        this.#heads ??= await LineFile.open(paths.heads);
        await this.#heads.append(`${JSON.stringify(step.head)}\n`, true);
        return;
      case 'segment': {
        await this.#segment?.append('', true);
        const next = await LineFile.open(step.segment.file);
        await syncDirectory(paths.directory);
        const before = this.#segment;
        this.#segment = next;
        await before?.[Symbol.asyncDispose]();
        if (step.closed) await this.#keepIndex(step.closed);
        return;
      }
      case 'remove':
        await this.#remove(step);
        return;
    }
  }

  /** Whoever searches makes an index that is missing. */
  async #keepIndex({ segment, index }: NonNullable<Extract<QueueStep, { readonly kind: 'segment' }>['closed']>) {
    await writeWhole(indexFileOf(segment), formatIndex(index.columns)).catch(() => undefined);
  }

  async #remove({ segments, keptFrom }: Extract<QueueStep, { readonly kind: 'remove' }>): Promise<void> {
    const { paths } = this.#options;
    for (const segment of segments) {
      for (const file of [indexFileOf(segment), `${segment.file}.torn`, segment.file]) {
        await unlink(file).catch(ifMissing(undefined));
      }
    }
    await syncDirectory(paths.directory);
    await this.#heads?.[Symbol.asyncDispose]();
    this.#heads = undefined;
    // Heads of records that are gone can be compared with nothing.
    const lines = (await readFile(paths.heads, 'utf8').catch(ifMissing(''))).split('\n');
    await writeWhole(
      paths.heads,
      lines
        .filter((line) => isKept(line, keptFrom))
        .map((line) => `${line}\n`)
        .join(''),
    );
  }

  #answer(isAnswered: (waiter: Waiter) => boolean, isWritten: boolean): void {
    const answered = this.#waiters.filter(isAnswered);
    this.#waiters = this.#waiters.filter((waiter) => !isAnswered(waiter));
    for (const { resolve } of answered) resolve(isWritten);
  }

  #fail(trouble: string): void {
    this.#answer(() => true, false);
    const isNew = this.#trouble === undefined;
    this.#trouble = trouble;
    if (isNew) this.#options.onTrouble(trouble);
  }

  #recover(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#options.onTrouble(undefined);
  }
}

/** What can't be read is kept: it is for whoever verifies to judge. */
function isKept(line: string, keptFrom: number): boolean {
  if (line === '') return false;
  try {
    const head = readHead(JSON.parse(line));
    return head === undefined || head.number >= keptFrom;
  } catch {
    return true;
  }
}
