import type { AuditSegment } from './files.ts';
import type { Head } from './head.ts';
import type { SegmentIndex } from './segment-index.ts';

/** What is to be done with the files of a journal, in this order. */
export type QueueEntry = Line | QueueStep;

interface Line {
  readonly kind: 'line';
  readonly line: string;
  readonly bytes: number;
  readonly number: number;
}

/** What is done between lines, once those before it are on the disk. */
export type QueueStep =
  | { readonly kind: 'head'; readonly head: Head }
  /** The lines that follow stand in a new segment. @property closed the one before it, and the index of what is in it */
  | {
      readonly kind: 'segment';
      readonly segment: AuditSegment;
      readonly closed?: { readonly segment: AuditSegment; readonly index: SegmentIndex };
    }
  /** Segments of which a signed head says how far they went. */
  | { readonly kind: 'remove'; readonly segments: readonly AuditSegment[]; readonly keptFrom: number };

/** Entries that wait to be written. What is being written stays here until it is done, so that it can be tried again. */
export class EntryQueue {
  readonly #entries: QueueEntry[] = [];
  /** Of the lines that wait. */
  bytes = 0;

  add(entry: QueueEntry): void {
    this.#entries.push(entry);
    if (entry.kind === 'line') this.bytes += entry.bytes;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** The lines up to the next step. */
  get lines(): readonly Line[] {
    const end = this.#entries.findIndex(({ kind }) => kind !== 'line');
    return this.#entries.slice(0, end === -1 ? undefined : end).filter((entry) => entry.kind === 'line');
  }

  /** The next entry, where it is a step. */
  get step(): QueueStep | undefined {
    const [entry] = this.#entries;
    return entry?.kind === 'line' ? undefined : entry;
  }

  /** Takes out the first ones, which are done. */
  done(count: number): void {
    for (const entry of this.#entries.splice(0, count)) if (entry.kind === 'line') this.bytes -= entry.bytes;
  }
}
