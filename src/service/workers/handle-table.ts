/** Objects that this process keeps for another process. The other process refers to each by a number, its handle. */
export class HandleTable<Thing> {
  readonly #things = new Map<number, Thing>();
  #count = 0;

  /** Returns the handle. */
  add(thing: Thing): number {
    this.#count += 1;
    this.#things.set(this.#count, thing);
    return this.#count;
  }

  get(handle: number): Thing | undefined {
    return this.#things.get(handle);
  }

  take(handle: number): Thing | undefined {
    const thing = this.#things.get(handle);
    this.#things.delete(handle);
    return thing;
  }

  takeAll(): Thing[] {
    const all = [...this.#things.values()];
    this.#things.clear();
    return all;
  }
}
