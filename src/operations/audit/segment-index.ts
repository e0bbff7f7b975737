import { Buffer } from 'node:buffer';

/** The fields that a search looks at by the number of their text in a dictionary of the segment. */
export const INDEXED = ['event', 'account', 'address', 'direction', 'outcome'] as const;

export type OfEachIndexed<Value> = { readonly [name in (typeof INDEXED)[number]]: Value };

/** What a search looks at in a record, without parsing it. */
export interface IndexedFields extends Partial<OfEachIndexed<unknown>> {
  readonly event: string;
  readonly user?: unknown;
  readonly path?: unknown;
  readonly to?: unknown;
}

/** Numbers of texts that repeat, record by record. Number 0 stands for none. */
class Column {
  readonly texts: string[] = [''];
  readonly numbers: number[] = [];
  readonly #known = new Map<string, number>();

  add(text: unknown): void {
    this.numbers.push(typeof text !== 'string' || text === '' ? 0 : (this.#known.get(text) ?? this.#learn(text)));
  }

  #learn(text: string): number {
    const number = this.texts.push(text) - 1;
    this.#known.set(text, number);
    return number;
  }
}

/** The columns of an index, as they are built and as they are read back. */
export interface Columns {
  readonly texts: OfEachIndexed<readonly string[]>;
  /** The text of each record, by its place among them. */
  readonly numbers: OfEachIndexed<ArrayLike<number>>;
  readonly at: ArrayLike<number>;
  /** Where the line of a record begins in its segment. */
  readonly offset: ArrayLike<number>;
  /** Where the paths of a record end among all. */
  readonly pathEnd: ArrayLike<number>;
  /** The paths of all records; a record with two has a line feed between them. */
  readonly paths: Buffer;
  /** Of the segment. */
  readonly bytes: number;
}

/** Makes something of each of the indexed fields. */
export function ofEachIndexed<Value>(make: (name: (typeof INDEXED)[number]) => Value): OfEachIndexed<Value> {
  return Object.fromEntries(INDEXED.map((name) => [name, make(name)])) as OfEachIndexed<Value>;
}

/** Builds the index of one segment as its records come. */
export class SegmentIndex {
  readonly #columns = ofEachIndexed(() => new Column());
  readonly #at: number[] = [];
  readonly #offset: number[] = [];
  readonly #paths: string[] = [];
  #bytes = 0;

  /** Of the segment, so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** @param lineBytes length of its line, line feed included */
  add({ user, path, to, ...fields }: IndexedFields, at: number, lineBytes: number): void {
    this.#at.push(at);
    this.#offset.push(this.#bytes);
    const indexed = { ...fields, account: fields.account ?? user };
    for (const name of INDEXED) this.#columns[name].add(indexed[name]);
    this.#paths.push(typeof path !== 'string' ? '' : typeof to === 'string' ? `${path}\n${to}` : path);
    this.#bytes += lineBytes;
  }

  get columns(): Columns {
    const paths = this.#paths.map((path) => Buffer.from(path));
    let end = 0;
    return {
      texts: ofEachIndexed((name) => this.#columns[name].texts),
      numbers: ofEachIndexed((name) => this.#columns[name].numbers),
      at: this.#at,
      offset: this.#offset,
      pathEnd: paths.map(({ length }) => (end += length)),
      paths: Buffer.concat(paths),
      bytes: this.#bytes,
    };
  }
}
