import path from 'node:path';
import { type AlterationKind, Found } from './alteration.ts';
import { BEGINNING, chainAfter, type FoundLine, fieldsOf, foundLine } from './chain.ts';
import type { AuditSegment } from './files.ts';
import { readHead } from './head.ts';
import { checkHead, ofJournal } from './head-check.ts';
import type { KnownKey } from './keys.ts';
import type { RawLine } from './lines.ts';

/** Follows the chain of a journal, record by record. */
export class RecordCheck {
  readonly #keys: readonly KnownKey[];
  readonly #remarks: string[] = [];
  #file = '';
  #chain = BEGINNING;
  #first = 0;
  #last = 0;
  #lastAt = 0;
  /** The chain value before the first record. */
  #startedWith = BEGINNING;
  #key = 0;
  #journal: string | undefined;
  /** The record that says that all before the first one were removed; undefined where none does. */
  #removal: FoundLine | undefined;
  /** The heads that stand among the records: how far the last two of them go. */
  #heads: readonly [number, number] = [0, 0];
  #isEnded = false;

  constructor(keys: readonly KnownKey[]) {
    this.#keys = keys;
  }

  get first(): number {
    return this.#first;
  }
  get last(): number {
    return this.#last;
  }
  get chain(): string {
    return this.#chain;
  }
  /** As the first segment names it. */
  get journal(): string {
    return this.#journal ?? '';
  }
  get keyId(): string | undefined {
    return this.#keys[this.#key]?.id;
  }
  get remarks(): readonly string[] {
    return this.#remarks;
  }
  /** How far the last head among the records goes. */
  get lastHead(): number {
    return this.#heads[1];
  }
  /** The records up to the last head but one, among the records themselves, must have a head in the file of heads. */
  get lastHeadButOne(): number {
    return this.#heads[0];
  }

  /** A segment begins. @throws Found */
  segment(segment: AuditSegment): void {
    this.#file = path.basename(segment.file);
    if (this.#first === 0) {
      this.#first = segment.first;
      this.#last = segment.first - 1;
      return;
    }
    if (segment.first > this.#last + 1) this.#missing(segment.first);
    if (segment.first < this.#last + 1) {
      this.#find(
        'segment-moved',
        segment.first,
        `This segment is to begin with record ${segment.first}, which has been`,
      );
    }
  }

  /** @param isLastLine whether nothing stands behind it @throws Found */
  line({ bytes, isWhole }: RawLine, isLastLine: boolean): void {
    const expected = this.#last + 1;
    const line = isWhole ? foundLine(bytes) : undefined;
    if (!line && !isWhole && isLastLine) {
      this.#isEnded = true;
      this.#remarks.push(
        `The line behind record ${this.#last} is not whole: it is being written, or a crash cut it off`,
      );
      return;
    }
    if (!line || this.#isEnded) return this.#find('unreadable', expected, `Record ${expected} is no record any more`);
    if (line.n !== expected) this.#outOfOrder(line, expected);
    const previous = this.#previousOf(line);
    if (chainAfter(previous, line.body) !== line.chain) {
      this.#find(
        'altered',
        expected,
        `Record ${expected} is not what was written, or not what was written behind ${this.#last}`,
      );
    }
    this.#structure(line, previous);
    this.#chain = line.chain;
    this.#last = expected;
    this.#lastAt = Date.parse(line.at);
  }

  /** All segments have passed. @param covered the number of the last signed head @throws Found */
  end(covered: number): void {
    const signed = Math.max(covered, this.lastHead);
    // Anybody could have put in one that is not signed.
    if (this.#first > 1 && (this.#removal?.n ?? Number.POSITIVE_INFINITY) > signed) {
      this.#find(
        'beginning-missing',
        1,
        `Records 1 to ${this.#first - 1} are missing, and no signed record says that they were removed`,
      );
    }
    if (signed === 0 && this.#lastAt - Date.parse(this.#keys[0]?.statement.at ?? '') > UNSIGNED_MS) {
      this.#find('heads-missing', this.#last, 'There is no signed head at all, and the records span days');
    }
    const uncovered = this.#last - covered;
    if (uncovered > 0) {
      this.#remarks.push(`Records ${covered + 1} to ${this.#last} are not yet covered by a signed head`);
    }
  }

  /** The chain value before the first segment that is there stands in it; whether it is right, its removal says. */
  #previousOf(line: FoundLine): string {
    if (line.n !== this.#first || line.n === 1) return this.#chain;
    const { previous } = fields(line);
    return typeof previous === 'string' ? previous : this.#chain;
  }

  #structure(line: FoundLine, previous: string): void {
    const check = STRUCTURE[line.event];
    if (check) check(this, line, fields(line), previous);
    else if (line.n === this.#first)
      this.#find('segment-moved', line.n, 'The first record does not say what it follows');
  }

  began(line: FoundLine, { journal, previous: follows, key, after }: Fields, previous: string): void {
    const root = this.#keys[0]?.statement.journal;
    this.#journal ??= typeof journal === 'string' ? journal : '';
    if (this.#journal !== root || after !== undefined) {
      this.#find(
        'new-chain',
        line.n,
        `The trail was begun anew at ${line.at}: its keys were made for journal ${root}, and its records ${ofJournal(this.#journal)}`,
      );
    }
    if (journal !== this.#journal || follows !== previous) {
      this.#find('segment-moved', line.n, 'This segment does not follow the one before it');
    }
    this.#useKey(String(key), line);
    if (line.n === this.#first) this.#startedWith = previous;
  }

  rotated(line: FoundLine, { statement }: Fields): void {
    this.#useKey(String((statement as { readonly key?: unknown } | undefined)?.key), line);
    this.#remarks.push(`Since ${line.at}, key ${this.keyId} signs`);
  }

  signedHead(line: FoundLine, { head: value }: Fields, previous: string): void {
    const head = readHead(value);
    if (!head) return this.#find('head-forged', line.n, `Record ${line.n} is to hold a signed head, and does not`);
    checkHead(head, this.#keys, { journal: this.journal, number: line.n - 1, chain: previous }, this.#file);
    this.#useKey(head.key, line);
    this.#heads = [this.#heads[1], head.number];
  }

  removed(line: FoundLine, { through, chain }: Fields): void {
    if (typeof through !== 'number' || through < this.#first - 1 || through >= line.n) return;
    // Where files that are to go are still there, their records are bound to this one by the chain.
    if (through === this.#first - 1 && chain !== this.#startedWith) return;
    this.#removal ??= line;
    if (this.#first > 1) {
      this.#remarks.push(`Records up to ${this.#first - 1} were removed by retention on ${line.at}`);
    }
  }

  recovered(line: FoundLine, { bytes, file }: Fields): void {
    const name = path.basename(String(file));
    this.#remarks.push(`A crash before record ${line.n} left ${String(bytes)} bytes of a line, which are in ${name}`);
  }

  lost(_: FoundLine, { count, from, to }: Fields): void {
    this.#remarks.push(
      `${String(count)} records were lost from ${String(from)} to ${String(to)}, as the disk did not take them`,
    );
  }

  /** A key that was replaced signs no more. */
  #useKey(id: string, { n }: FoundLine): void {
    const index = this.#keys.findIndex((key) => key.id === id);
    if (index === -1)
      this.#find('key-unknown', n, `Record ${n} names the key ${id}, which is none of the trail's keys`);
    if (index < this.#key)
      this.#find('head-forged', n, `Record ${n} goes back to the key ${id}, which had been replaced`);
    this.#key = index;
  }

  #outOfOrder({ n, chain }: FoundLine, expected: number): never {
    if (n > expected) this.#missing(n);
    if (n === this.#last && chain === this.#chain) this.#find('repeated', n, `Record ${n} stands here twice`);
    this.#find('inserted', n, `Record ${n} stands where record ${expected} must be`);
  }

  #missing(n: number): never {
    const expected = this.#last + 1;
    const which = n - expected === 1 ? `Record ${expected} is` : `Records ${expected} to ${n - 1} are`;
    return this.#find('removed', expected, `${which} missing: record ${n} follows ${this.#last}`);
  }

  #find(kind: AlterationKind, record: number, message: string): never {
    throw new Found({ kind, record, file: this.#file, message });
  }
}

/** A server signs a head once a day at the least. Whoever has no key can write records anew, but for heads. */
const UNSIGNED_MS = 2 * 86_400_000;

type Fields = Readonly<Record<string, unknown>>;

/** The records that say how the journal is built. */
const STRUCTURE: {
  readonly [event: string]:
    | ((check: RecordCheck, line: FoundLine, fields: Fields, previous: string) => void)
    | undefined;
} = {
  'segment.begun': (check, line, fields, previous) => check.began(line, fields, previous),
  'head.signed': (check, line, fields, previous) => check.signedHead(line, fields, previous),
  'key.rotated': (check, line, fields) => check.rotated(line, fields),
  'segments.removed': (check, line, fields) => check.removed(line, fields),
  'journal.recovered': (check, line, fields) => check.recovered(line, fields),
  'records.lost': (check, line, fields) => check.lost(line, fields),
};

function fields(line: FoundLine): Fields {
  try {
    return fieldsOf(line);
  } catch {
    return {};
  }
}
