/** Things that are held for somebody else, who knows them by number. */
export class Held<Thing> {
  readonly #things = new Map<number, Thing>();
  #count = 0;

  /** Gives the number. */
  add(thing: Thing): number {
    this.#count += 1;
    this.#things.set(this.#count, thing);
    return this.#count;
  }

  get(number: number): Thing | undefined {
    return this.#things.get(number);
  }

  take(number: number): Thing | undefined {
    const thing = this.#things.get(number);
    this.#things.delete(number);
    return thing;
  }

  takeAll(): Thing[] {
    const all = [...this.#things.values()];
    this.#things.clear();
    return all;
  }
}
