/** The number of threads of libuv without UV_THREADPOOL_SIZE. */
const DEFAULT_THREADS = 4;
/** How long the threads are asked behind a slow answer; twice as long behind the next one that comes soon. */
const FIRST_AWAY_MS = 200;
const LONGEST_AWAY_MS = 300_000;
/** No medium that answers takes so long: it hangs, or will again, and everybody waited for it. */
const HANGING_MS = 50;
/** For names and attributes. */
const QUICK_MS = 2;
/** For a portion of a file, which comes from memory in a third of this, and from a fast medium in about as much. */
const QUICK_READ_MS = 0.5;

type DeviceCall<Result> = () => Promise<Result>;

/** How the system is asked about the files of one device. */
export interface Device {
  /** Whether it answers from memory at all: not over a network, and not by a program. */
  readonly isLocal: boolean;
  /** Names and attributes. */
  readonly attributes: Asking;
  /** Portions of a file. */
  readonly portions: Asking;
  /**
   * One call that libuv's threads make. A device has a few of the threads at the most: where it hangs, so do they, and the
   * others serve the other devices. Calls wait for each other in their order. A call must not wait for another one.
   */
  threads<Result>(call: DeviceCall<Result>): Promise<Result>;
}

/** A way to ask for what memory nearly always has. */
interface Asking {
  /** Whether it may be asked for right here, while everybody waits. */
  readonly isQuick: boolean;
  /** Asks `here`, at once, where that is quick, and by `threads` elsewhere. */
  ask<Result>(here: () => Result, threads: DeviceCall<Result>): Promise<Result>;
  /** Tells how long an answer took that was asked for otherwise, because `isQuick`. */
  took(ms: number): void;
}

/**
 * How many of the threads one device may hold: of sixteen four, and of libuv's usual four two, so that the others go on
 * while one device hangs.
 */
export function callsOfOneDevice(poolSize: number): number {
  return Math.max(1, Math.min(poolSize - 1, Math.max(2, Math.floor(poolSize / 4))));
}

/**
 * @param isLocal whether it answers from memory: not over a network, and not by a program. By way of the threads an answer
 *   costs six further system calls and two switches of threads; a device that is asked here and does not answer stops
 *   everything.
 */
export function createDevice(isLocal: boolean, clock: Clock = performance): Device {
  return new OneDevice(isLocal, clock);
}

/** For files on an unknown device. */
export function unknownDevice(): Device {
  return UNKNOWN;
}

interface Clock {
  /** Milliseconds. */
  now(): number;
}

class OneDevice implements Device {
  readonly isLocal: boolean;
  readonly attributes: PatientAsking;
  readonly portions: PatientAsking;
  readonly #waiting: (() => void)[] = [];
  #calls = 0;
  readonly #called = (): void => {
    this.#calls -= 1;
    this.#waiting.shift()?.();
  };

  constructor(isLocal: boolean, clock: Clock) {
    this.isLocal = isLocal;
    this.attributes = new PatientAsking(this, isLocal, QUICK_MS, clock);
    this.portions = new PatientAsking(this, isLocal, QUICK_READ_MS, clock);
  }

  threads<Result>(call: DeviceCall<Result>): Promise<Result> {
    if (this.#calls >= CALLS) return this.#callLater(call);
    this.#calls += 1;
    const answer = call();
    answer.then(this.#called, this.#called);
    return answer;
  }

  hangs(): void {
    this.attributes.leaveAlone();
    this.portions.leaveAlone();
  }

  async #callLater<Result>(call: DeviceCall<Result>): Promise<Result> {
    // As many as there are operations under way: each session has but a few.
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    return this.threads(call);
  }
}

/** Asks the threads behind a slow answer, for a while that grows as long as slow answers come soon after it. */
class PatientAsking implements Asking {
  readonly #device: OneDevice;
  readonly #quickMs: number;
  readonly #clock: Clock;
  #awayUntil: number;
  #awayMs = 0;

  constructor(device: OneDevice, isLocal: boolean, quickMs: number, clock: Clock) {
    this.#device = device;
    this.#quickMs = quickMs;
    this.#clock = clock;
    this.#awayUntil = isLocal ? 0 : Number.POSITIVE_INFINITY;
  }

  get isQuick(): boolean {
    return this.#clock.now() >= this.#awayUntil;
  }

  async ask<Result>(here: () => Result, threads: DeviceCall<Result>): Promise<Result> {
    const began = this.#clock.now();
    if (began < this.#awayUntil) return this.#device.threads(threads);
    try {
      return here();
    } finally {
      const ms = this.#clock.now() - began;
      if (ms > this.#quickMs) this.took(ms);
    }
  }

  took(ms: number): void {
    if (ms <= this.#quickMs) return;
    if (ms > HANGING_MS) this.#device.hangs();
    else this.#stayAway();
  }

  leaveAlone(): void {
    this.#awayMs = LONGEST_AWAY_MS;
    this.#awayUntil = Math.max(this.#awayUntil, this.#clock.now() + LONGEST_AWAY_MS);
  }

  #stayAway(): void {
    const now = this.#clock.now();
    const isSoon = now < this.#awayUntil + this.#awayMs;
    this.#awayMs = isSoon ? Math.min(LONGEST_AWAY_MS, 2 * this.#awayMs) : FIRST_AWAY_MS;
    this.#awayUntil = now + this.#awayMs;
  }
}

const CALLS = callsOfOneDevice(Number(process.env['UV_THREADPOOL_SIZE']) || DEFAULT_THREADS);
const UNKNOWN = createDevice(false);
