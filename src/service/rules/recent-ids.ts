/** Events that may come by two ways, of which the second one is passed over. */
const MAX_IDS = 1000;

/** Tells ids that have come before from those that have not; the oldest are forgotten. */
export class RecentIds {
  readonly #ids = new Set<string>();

  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > MAX_IDS && oldest !== undefined) this.#ids.delete(oldest);
    return true;
  }
}
