import { aborted, throwIfAborted } from '../connection/aborted.ts';
import type { SignedIn } from '../connection/sign-in.ts';
import type { FtpPool } from '../ftp/ftp-session.ts';

/** What one bundle carries, as long as it is open. */
export interface Feed<Item, Answer> {
  /** Whatever was sent before and got no answer is to be sent again. */
  readonly begin: () => void;
  /** The next one to send; undefined where the bundle is to end. */
  readonly next: () => Promise<Item | undefined>;
  /** The one that was sent first of those without an answer. */
  readonly oldest: () => Item | undefined;
  /** How many have an answer. */
  readonly answered: () => number;
  /** The answer to the oldest one. */
  readonly answer: (answer: Answer) => void;
  /** Nothing more is sent. */
  readonly stop: () => void;
}

/** Moves what it is fed, over one data connection. @throws ClientError */
export type RunBundle<Item, Answer> = (
  signedIn: SignedIn,
  feed: Feed<Item, Answer>,
  signal: AbortSignal,
) => Promise<void>;

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  isSettled: boolean;
  /** How often it was on its way when a bundle broke. */
  breaks: number;
}

/**
 * Small files on their way in one direction: a bundle is opened when one comes, takes all that come meanwhile, and ends
 * when none came for a moment, or when another call waits for its connection.
 */
export class Lane<Item, Answer> {
  readonly #pool: FtpPool;
  readonly #window: number;
  readonly #run: RunBundle<Item, Answer>;
  readonly #queue: Waiting<Item, Answer>[] = [];
  readonly #sent: Waiting<Item, Answer>[] = [];
  readonly #entering: (() => void)[] = [];
  #inside = 0;
  #isOpen = false;
  #wake: () => void = () => undefined;
  /** How many more this bundle may take; undefined: all that come. */
  #left: number | undefined;
  #answered = 0;
  #running: Promise<void> = Promise.resolve();
  readonly #broken = new AbortController();

  constructor(pool: FtpPool, run: RunBundle<Item, Answer>) {
    this.#pool = pool;
    this.#window = pool.settings.limits.maxBundledFiles;
    this.#run = run;
  }

  /**
   * Sends what `load` gives, and has `use` take the answer. So many are loaded, on their way or in use at once, and further
   * ones wait.
   * @throws ClientError where the bundle broke: whether it arrived is not known then; what `load` or `use` throws
   */
  async do<Result>(
    load: () => Promise<Item>,
    use: (answer: Answer) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    if (this.#inside >= this.#window) await new Promise<void>((resolve) => this.#entering.push(resolve));
    else this.#inside += 1;
    try {
      throwIfAborted(signal, 'prepare');
      const item = await load();
      throwIfAborted(signal, 'prepare');
      return await use(await this.#submit(item, signal));
    } finally {
      const next = this.#entering.shift();
      if (next) next();
      else this.#inside -= 1;
    }
  }

  /** Whether a bundle is open, or about to be. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Lets a bundle that is open and has nothing to do end in good order; one that does not in time is broken off. */
  async close(): Promise<void> {
    if (this.#queue.length + this.#sent.length > 0) return;
    this.#left = 0;
    this.#wake();
    const timer = setTimeout(() => this.#broken.abort(), this.#pool.settings.limits.closeMs);
    await this.#running;
    clearTimeout(timer);
  }

  #submit(item: Item, signal: AbortSignal | undefined): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const waiting: Waiting<Item, Answer> = { item, resolve, reject, isSettled: false, breaks: 0 };
    const onAbort = (): void => {
      if (signal) settle(waiting, () => reject(aborted(signal, 'transfer')));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#queue.push(waiting);
    this.#wake();
    if (!this.#isOpen) this.#running = this.#work();
    return promise.finally(() => signal?.removeEventListener('abort', onAbort));
  }

  /** Never rejects: what a bundle fails with goes to those whose answers it owes. */
  async #work(): Promise<void> {
    this.#isOpen = true;
    while (this.#queue.length > 0) {
      this.#left = undefined;
      this.#answered = 0;
      try {
        await this.#pool.use(this.#broken.signal, (signedIn) => this.#carry(signedIn));
      } catch (error) {
        this.#breakOff(error);
      }
    }
    this.#isOpen = false;
  }

  async #carry(signedIn: SignedIn): Promise<void> {
    const stopListening = this.#pool.onContention(() => {
      this.#left ??= Math.min(this.#queue.length, this.#window);
      this.#wake();
    });
    try {
      await this.#run(signedIn, this.#feed(), this.#broken.signal);
    } finally {
      stopListening();
    }
  }

  #feed(): Feed<Item, Answer> {
    return {
      begin: () => this.#queue.unshift(...this.#sent.splice(0)),
      next: () => this.#next(),
      oldest: () => this.#sent[0]?.item,
      answered: () => this.#answered,
      answer: (answer) => {
        const waiting = this.#sent.shift();
        if (!waiting) return;
        this.#answered += 1;
        settle(waiting, () => waiting.resolve(answer));
        this.#wake();
      },
      stop: () => {
        this.#left = 0;
        this.#wake();
      },
    };
  }

  async #next(): Promise<Item | undefined> {
    let quiet = 0;
    while (this.#left !== 0) {
      const waiting = this.#queue.shift();
      if (waiting) {
        if (this.#left !== undefined) this.#left -= 1;
        if (waiting.isSettled) continue;
        this.#sent.push(waiting);
        return waiting.item;
      }
      if (this.#left !== undefined) return undefined;
      const isWoken = await this.#woken();
      if (isWoken || this.#queue.length + this.#sent.length > 0) continue;
      quiet += 1;
      // One that is read or put away here is followed by others.
      if (this.#inside === 0 || quiet >= MOST_LINGERS) return undefined;
    }
    return undefined;
  }

  /** Resolves when something may have changed: false where nothing did for a moment. */
  #woken(): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), LINGER_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }

  /**
   * Those that were on their way are sent once more, in another bundle. Where a bundle got nothing done, the next one would
   * do no better.
   */
  #breakOff(error: unknown): void {
    const broken = this.#sent.splice(0);
    const again = this.#answered > 0 && !this.#broken.signal.aborted ? broken.filter(({ breaks }) => breaks === 0) : [];
    for (const waiting of again) waiting.breaks += 1;
    for (const waiting of broken) {
      if (!again.includes(waiting)) settle(waiting, () => waiting.reject(error));
    }
    if (this.#answered === 0) {
      for (const waiting of this.#queue.splice(0)) settle(waiting, () => waiting.reject(error));
    }
    this.#queue.unshift(...again);
  }
}

/** A bundle that waits this long for its next file ends, so that its connection is free for others. */
const LINGER_MS = 100;
/** How often it waits so long for the local side, which is less than servers take for a stall. */
const MOST_LINGERS = 100;

function settle(waiting: { isSettled: boolean }, how: () => void): void {
  if (waiting.isSettled) return;
  waiting.isSettled = true;
  how();
}
