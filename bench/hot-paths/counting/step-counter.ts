import { type Profiler, Session } from 'node:inspector/promises';
import type { Figures } from '../figures.ts';
import type { Prepared } from '../hot-path.ts';

const sources = new URL('../../../src/', import.meta.url).href;

/** V8's own counters, those of code coverage. */
export class StepCounter {
  readonly #session = new Session();

  private constructor() {
    this.#session.connect();
  }

  /** Only of code that is loaded behind this are the loops known too, and not functions alone. */
  static async start(): Promise<StepCounter> {
    const counter = new StepCounter();
    await counter.#session.post('Profiler.enable');
    await counter.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    return counter;
  }

  async count(path: Prepared): Promise<Pick<Figures, 'ownSteps' | 'nodeCalls'>> {
    await path.renew?.();
    await this.#functions();
    await path.run();
    const functions = await this.#functions();
    return {
      ownSteps: sum(
        functions,
        (url) => url.startsWith(sources),
        (ranges) => calls(ranges) + turns(ranges),
      ),
      // Loops of Node's own code are known or not as it happens to have been loaded.
      nodeCalls: sum(functions, (url) => url.startsWith('node:'), calls),
    };
  }

  /** What ran since the last time. */
  async #functions(): Promise<readonly CountedFunction[]> {
    const { result } = await this.#session.post('Profiler.takePreciseCoverage');
    return result.flatMap(({ url, functions }) => functions.map(({ ranges }) => ({ url, ranges })));
  }
}

interface CountedFunction {
  readonly url: string;
  readonly ranges: Ranges;
}

/** The whole function, and, each behind the one that holds it, the parts of it that ran more or less often than that. */
type Ranges = readonly Profiler.CoverageRange[];

function sum(
  functions: readonly CountedFunction[],
  isWanted: (url: string) => boolean,
  steps: (ranges: Ranges) => number,
): number {
  return functions.reduce((total, { url, ranges }) => total + (isWanted(url) ? steps(ranges) : 0), 0);
}

function calls([whole]: Ranges): number {
  return whole?.count ?? 0;
}

/**
 * How much oftener the bodies of loops ran than what holds them. A branch that was not always taken adds nothing: V8 tells
 * of it only then, so that to count it would be to leap where it is taken once more.
 */
function turns(ranges: Ranges): number {
  const holders: Profiler.CoverageRange[] = [];
  let total = 0;
  for (const range of ranges) {
    while ((holders.at(-1)?.endOffset ?? Infinity) <= range.startOffset) holders.pop();
    total += Math.max(0, range.count - (holders.at(-1)?.count ?? range.count));
    holders.push(range);
  }
  return total;
}
