import { Speedometer } from '../../core/index.ts';
import type { Output } from './output.ts';
import { type DoneView, doneSentence, type ProgressView, progressLine, progressSentence } from './progress-text.ts';

const REDRAW_MS = 100;
/** Between two lines of one transfer, where there is no terminal. */
const PLAIN_MS = 10_000;

/** One transfer that is shown. */
export interface ShownTransfer {
  update(bytes: number, total: number | undefined, name?: string): void;
  /** It is over; what is to be said of it is printed. */
  done(view: Omit<DoneView, 'name'>): void;
  /** It failed, which is told elsewhere. */
  end(): void;
}

interface Tracked {
  readonly view: () => ProgressView;
  lastPlainMs: number;
}

/** Shows the transfers that go on: as bars on a terminal, as a line now and then elsewhere, not at all with --quiet. */
export class ProgressDisplay implements Disposable {
  readonly #output: Output;
  readonly #tracked = new Set<Tracked>();
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(output: Output) {
    this.#output = output;
    const isLive = output.status.isPossible;
    // JSON is for programs: they read standard output, and get the result of each transfer there.
    if (output.isQuiet || (output.isJson && !isLive)) return;
    this.#timer = setInterval(() => (isLive ? this.#draw() : this.#printPlain()), isLive ? REDRAW_MS : 1000).unref();
  }

  track(firstName: string): ShownTransfer {
    const speedometer = new Speedometer();
    let name = firstName;
    let bytes = 0;
    let total: number | undefined;
    const tracked: Tracked = {
      view: () => ({ name, bytes, total, bytesPerSecond: speedometer.bytesPerSecond(performance.now()) }),
      lastPlainMs: performance.now(),
    };
    this.#tracked.add(tracked);
    return {
      update: (nextBytes, nextTotal, nextName = name) => {
        name = nextName;
        bytes = nextBytes;
        total = nextTotal;
        speedometer.record(bytes, performance.now());
      },
      done: (view) => {
        this.#remove(tracked);
        if (!this.#output.isJson) this.#output.note(doneSentence({ name, ...view }));
      },
      end: () => this.#remove(tracked),
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#output.status.clear();
  }

  #remove(tracked: Tracked): void {
    this.#tracked.delete(tracked);
    if (this.#tracked.size === 0) this.#output.status.clear();
  }

  #draw(): void {
    const { status } = this.#output;
    const shown = [...this.#tracked].slice(0, status.rows);
    if (shown.length > 0) status.show(shown.map(({ view }) => progressLine(view(), status.columns)));
  }

  #printPlain(): void {
    const now = performance.now();
    for (const tracked of this.#tracked) {
      if (now - tracked.lastPlainMs < PLAIN_MS) continue;
      tracked.lastPlainMs = now;
      this.#output.note(progressSentence(tracked.view()));
    }
  }
}
