import process from 'node:process';
import { Histogram, type HistogramCounts } from './histogram.ts';
import { READ_METRICS } from './table.ts';

/** How a process does. */
export interface ProcessReport {
  readonly residentBytes: number;
  readonly heapUsedBytes: number;
  readonly heapSizeBytes: number;
  readonly cpuSeconds: number;
  /** How late it does what is due, in seconds. */
  readonly delay: HistogramCounts;
}

/** Often enough to find a process that stands still, and seldom enough to cost nothing. */
const EVERY_MS = 100;

/**
 * Measures the process that it runs in, until it is disposed. How late its own timer fires is how late all else is done, at
 * a moment that nobody has chosen.
 */
export class ProcessMeter implements Disposable {
  readonly #delay = new Histogram(READ_METRICS.eventLoopDelay.buckets);
  readonly #timer: NodeJS.Timeout;
  #dueAt = performance.now() + EVERY_MS;

  constructor() {
    this.#timer = setInterval(() => this.#look(), EVERY_MS).unref();
  }

  report(): ProcessReport {
    const { rss, heapUsed, heapTotal } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return {
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      heapSizeBytes: heapTotal,
      cpuSeconds: (user + system) / 1e6,
      delay: this.#delay.counts,
    };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    // Timers count whole milliseconds, by which one may seem early.
    this.#delay.observe(Math.max(0, now - this.#dueAt) / 1000);
    this.#dueAt = now + EVERY_MS;
  }
}
