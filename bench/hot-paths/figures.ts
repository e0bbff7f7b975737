/** Of one path, for one unit of it. None of it is a time: each is the same on a fast machine and on a slow or busy one. */
export type Figures = { readonly [name in FigureName]: number };

export type FigureName = keyof typeof FIGURES;

interface FigureRow {
  /** What is counted. */
  readonly about: string;
  /** By how much of itself it may grow before that is a step up. */
  readonly tolerance: number;
  /**
   * What may come and go in a whole run without any change of ours, and is no step either: a pool's next slab, a turn of
   * the event loop, a read more or less from the kernel.
   */
  readonly slack: number;
}

export const FIGURES = {
  heapBytes: { about: 'bytes allocated on the heap', tolerance: 0.1, slack: 49_152 },
  bufferBytes: { about: 'bytes allocated for buffers', tolerance: 0.1, slack: 196_608 },
  asyncResources: { about: 'promises, ticks, timers and requests made', tolerance: 0.05, slack: 16 },
  ownSteps: { about: 'calls of functions and turns of loops of our own', tolerance: 0.05, slack: 32 },
  nodeCalls: { about: "calls of functions of Node's own", tolerance: 0.1, slack: 512 },
} as const satisfies Record<string, FigureRow>;

export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];
