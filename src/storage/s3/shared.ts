import type { InterruptedUploads } from './interrupted.ts';
import type { KeyTurns } from './turns.ts';
import type { UnderWay } from './under-way.ts';

/** What all views of one storage share. */
export interface SharedUploads {
  readonly turns: KeyTurns;
  readonly underWay: UnderWay;
  readonly interrupted: InterruptedUploads;
  /** The keys of files that uploads of this process go to. */
  readonly targets: Map<symbol, string>;
}
