/** Places under keys, which may be counted elsewhere. */
export interface Places {
  /** Takes one of so many places and gives what frees it again, once; undefined when all are taken. */
  take(key: string, places: number): Release | undefined | Promise<Release | undefined>;
}

export type Release = () => void;

/** Places under each key: connections of an address, checksums of an account. A key without any taken costs nothing. */
export class CountedPlaces implements Places {
  readonly #taken = new Map<string, number>();

  /** Takes one of so many places and gives what frees it again, once; undefined when all are taken. */
  take(key: string, places: number): Release | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= places) return undefined;
    this.#taken.set(key, taken + 1);
    let held = true;
    return () => {
      if (held) this.#free(key);
      held = false;
    };
  }

  #free(key: string): void {
    const taken = this.#taken.get(key) ?? 0;
    if (taken <= 1) this.#taken.delete(key);
    else this.#taken.set(key, taken - 1);
  }
}
