import { readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import { background } from '../../core/index.ts';

/** How often the trail is measured. */
const EVERY_MS = 60_000;
/** Told again after that time. */
const AGAIN_MS = 86_400_000;
/** A trail without a bound that takes more of its disk is told of, long before the disk is full. */
const LARGE_SHARE = 0.25;
/** So is a disk that has less left, whoever takes it. */
const LOW_SHARE = 0.1;

/** How large an audit trail is, and the disk that it lies on, in bytes. */
export interface TrailSpace {
  readonly bytes: number;
  readonly total: number;
  readonly free: number;
}

/** What somebody should do something about before the disk is full; undefined for nothing. @param keepBytes 0: no bound */
export function spaceProblem({ bytes, total, free }: TrailSpace, keepBytes: number): string | undefined {
  if (total === 0) return undefined;
  const wayOut = 'set audit.keepBytes or a shorter audit.keepDays, or give it a larger disk';
  if (free / total < LOW_SHARE) {
    return `The disk of the audit trail has ${percent(free / total)} left: make room, or ${wayOut}`;
  }
  if (keepBytes > 0 || bytes / total < LARGE_SHARE) return undefined;
  return `The audit trail takes ${percent(bytes / total)} of its disk, and has no bound: ${wayOut}`;
}

/** Measures an audit trail now and then, and warns before its disk is full. Nothing is removed without being asked for. */
export class TrailSpaceWatch implements Disposable {
  readonly #directory: string;
  readonly #keepBytes: number;
  readonly #warn: (message: string) => void;
  readonly #timer: NodeJS.Timeout;
  /** A disk that does not answer is asked once, and holds one thread. */
  #measuring: Promise<void> | undefined;
  #space: TrailSpace | undefined;
  #toldAt = -Infinity;

  constructor(directory: string, keepBytes: number, warn: (message: string) => void) {
    this.#directory = directory;
    this.#keepBytes = keepBytes;
    this.#warn = warn;
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
    this.#look();
  }

  /** As it was measured last; undefined before the first time. */
  get space(): TrailSpace | undefined {
    return this.#space;
  }

  get problem(): string | undefined {
    return this.#space && spaceProblem(this.#space, this.#keepBytes);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#measuring ??= this.#measure();
    background(this.#measuring, () => undefined);
  }

  async #measure(): Promise<void> {
    try {
      this.#space = await spaceOf(this.#directory);
    } finally {
      this.#measuring = undefined;
    }
    const { problem } = this;
    if (problem === undefined) this.#toldAt = -Infinity;
    else if (performance.now() - this.#toldAt >= AGAIN_MS) {
      this.#toldAt = performance.now();
      this.#warn(problem);
    }
  }
}

async function spaceOf(directory: string): Promise<TrailSpace> {
  const { bsize, blocks, bavail } = await statfs(directory);
  let bytes = 0;
  for (const name of await readdir(directory)) {
    // Retention may remove it meanwhile.
    bytes += (await stat(path.join(directory, name)).catch(() => undefined))?.size ?? 0;
  }
  return { bytes, total: blocks * bsize, free: bavail * bsize };
}

function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
