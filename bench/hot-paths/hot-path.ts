/** A piece of the product that runs for every line, entry, file or mebibyte. */
export interface HotPath {
  /** As the baseline names it. */
  readonly name: string;
  /** What the figures are divided by: `line`, `MiB`. */
  readonly unit: string;
  /** How many of them one run does. */
  readonly units: number;
  /** What chance alone changes in its figures, as a part of them: comes on top of each tolerance. Default: 0. */
  readonly spread?: number;
  /** Makes what the runs need. */
  prepare(): Promise<Prepared>;
}

/** Ready for run after run. Only `run` is counted. */
export interface Prepared extends AsyncDisposable {
  /** Awaited before each run: makes what serves for one run only. */
  renew?(): Promise<void>;
  run(): void | Promise<void>;
}

/** For a path that needs nothing beforehand and leaves nothing behind. */
export function pure(run: () => void | Promise<void>): HotPath['prepare'] {
  return async () => ({ run, async [Symbol.asyncDispose]() {} });
}
