import { Buffer } from 'node:buffer';

/** What a search looks at in a record, without parsing it. */
export interface IndexedFields {
  readonly event: string;
  readonly account?: unknown;
  readonly user?: unknown;
  readonly address?: unknown;
  readonly path?: unknown;
  readonly to?: unknown;
}

/** Numbers of texts that repeat. Number 0 stands for none. */
class Dictionary {
  readonly texts: string[] = [''];
  readonly #numbers = new Map<string, number>();

  numberOf(text: unknown): number {
    if (typeof text !== 'string' || text === '') return 0;
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.texts.push(text) - 1;
    this.#numbers.set(text, number);
    return number;
  }
}

/** The columns of an index, as they are built and as they are read back. */
export interface Columns {
  readonly events: readonly string[];
  readonly accounts: readonly string[];
  readonly addresses: readonly string[];
  readonly at: ArrayLike<number>;
  /** Where the line of a record begins in its segment. */
  readonly offset: ArrayLike<number>;
  readonly event: ArrayLike<number>;
  readonly account: ArrayLike<number>;
  readonly address: ArrayLike<number>;
  /** Where the paths of a record end among all. */
  readonly pathEnd: ArrayLike<number>;
  /** The paths of all records; a record with two has a line feed between them. */
  readonly paths: Buffer;
  /** Of the segment. */
  readonly bytes: number;
}

/** Builds the index of one segment as its records come. */
export class SegmentIndex {
  readonly #events = new Dictionary();
  readonly #accounts = new Dictionary();
  readonly #addresses = new Dictionary();
  readonly #at: number[] = [];
  readonly #offset: number[] = [];
  readonly #event: number[] = [];
  readonly #account: number[] = [];
  readonly #address: number[] = [];
  readonly #paths: string[] = [];
  #bytes = 0;

  /** Of the segment, so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param lineBytes length of its line, line feed included */
  add({ event, account, user, address, path, to }: IndexedFields, at: number, lineBytes: number): void {
    this.#at.push(at);
    this.#offset.push(this.#bytes);
    this.#event.push(this.#events.numberOf(event));
    this.#account.push(this.#accounts.numberOf(account ?? user));
    this.#address.push(this.#addresses.numberOf(address));
    this.#paths.push(typeof path !== 'string' ? '' : typeof to === 'string' ? `${path}\n${to}` : path);
    this.#bytes += lineBytes;
  }

  get columns(): Columns {
    const paths = this.#paths.map((path) => Buffer.from(path));
    let end = 0;
    return {
      events: this.#events.texts,
      accounts: this.#accounts.texts,
      addresses: this.#addresses.texts,
      at: this.#at,
      offset: this.#offset,
      event: this.#event,
      account: this.#account,
      address: this.#address,
      pathEnd: paths.map(({ length }) => (end += length)),
      paths: Buffer.concat(paths),
      bytes: this.#bytes,
    };
  }
}
