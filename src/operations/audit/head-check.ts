import { Found } from './alteration.ts';
import { type Head, isHeadSigned } from './head.ts';
import type { KnownKey } from './keys.ts';

/** Compares a list of signed heads with the records that pass. */
export class HeadCheck {
  readonly #heads: AsyncGenerator<Head | undefined>;
  readonly #file: string;
  readonly #keys: readonly KnownKey[];
  #next: Head | undefined;
  /** The number of the last head that was read. */
  last = 0;
  count = 0;

  /** @param file its name, for what is found */
  constructor(heads: AsyncGenerator<Head | undefined>, file: string, keys: readonly KnownKey[]) {
    this.#heads = heads;
    this.#file = file;
    this.#keys = keys;
  }

  /** Reads on to the first head that covers a record from `first` on. */
  async begin(first: number): Promise<void> {
    do await this.#advance();
    while (this.#next && this.#next.number < first);
  }

  /** Whether a head covers exactly the records up to this one. */
  isDue(number: number): boolean {
    return this.#next !== undefined && this.#next.number <= number;
  }

  /** A record has passed at which a head is due. @throws Found */
  async pass(number: number, chain: string, journal: string): Promise<void> {
    while (this.#next && this.#next.number <= number) {
      const head = this.#next;
      checkHead(head, this.#keys, { journal, number, chain }, this.#file);
      this.count += 1;
      await this.#advance();
    }
  }

  /** All records have passed. @throws Found where a head covers more */
  end(last: number, journal: string): void {
    const head = this.#next;
    if (!head) return;
    // Without a single record there is none that could name another journal.
    if (last > 0 && head.journal !== journal) throw new Found(newChain(head, journal, this.#file));
    checkSignature(head, this.#keys, this.#file);
    const message = `Record ${head.number} was signed at ${head.at}, and the records end at ${last}: the end was cut off`;
    throw new Found({ kind: 'truncated', record: last + 1, file: this.#file, message });
  }

  async #advance(): Promise<void> {
    const { value, done } = await this.#heads.next();
    this.#next = undefined;
    if (done) return;
    if (!value) {
      const message = `The file of signed heads can't be read behind the head of record ${this.last}`;
      throw new Found({ kind: 'head-forged', record: this.last, file: this.#file, message });
    }
    if (value.number < this.last) {
      const message = `The head of record ${value.number} stands behind that of record ${this.last}`;
      throw new Found({ kind: 'head-forged', record: value.number, file: this.#file, message });
    }
    this.last = value.number;
    this.#next = value;
  }
}

/** Compares a head with the record that it must cover last. @throws Found */
export function checkHead(
  head: Head,
  keys: readonly KnownKey[],
  { journal, number, chain }: Pick<Head, 'journal' | 'number' | 'chain'>,
  file: string,
): void {
  if (head.journal !== journal) throw new Found(newChain(head, journal, file));
  checkSignature(head, keys, file);
  if (head.number === number && head.chain === chain) return;
  const message = `The head that was signed at ${head.at} for record ${head.number} does not fit: a record up to there was altered, and the chain made to fit`;
  throw new Found({ kind: 'altered', record: head.number, file, message });
}

function checkSignature(head: Head, keys: readonly KnownKey[], file: string): void {
  const key = keys.find(({ id }) => id === head.key);
  if (key && isHeadSigned(head, key.publicKey)) return;
  const message = key
    ? `The head of record ${head.number} does not have the signature of key ${head.key}`
    : `The head of record ${head.number} is signed by ${head.key}, which is none of the trail's keys`;
  throw new Found({ kind: 'head-forged', record: head.number, file, message });
}

function newChain({ journal: other, number }: Head, journal: string, file: string) {
  const message = `Record ${number} of journal ${other} was signed, and the records ${ofJournal(journal)}: the trail was begun anew`;
  return { kind: 'new-chain', record: 1, file, message } as const;
}

/** What is said of the journal that the records name, which may be no id at all. */
export function ofJournal(id: string): string {
  return id === '' ? 'name no journal' : `are of journal ${id}`;
}
