/** Disposes its resources together, the last one first, as AsyncDisposableStack does, which Node 22 lacks. */
export class Resources implements AsyncDisposable {
  readonly #held: (AsyncDisposable | Disposable)[] = [];

  hold<Resource extends AsyncDisposable | Disposable>(resource: Resource): Resource {
    this.#held.push(resource);
    return resource;
  }

  /** Ends all of them, even where one fails; then throws the first failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (const resource of this.#held.splice(0).toReversed()) {
      try {
        if (Symbol.asyncDispose in resource) await resource[Symbol.asyncDispose]();
        else resource[Symbol.dispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
