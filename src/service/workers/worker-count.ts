import { availableParallelism } from 'node:os';
import type { Configuration } from '../configuration/index.ts';

export function workerCount({ workers }: Configuration): number {
  return workers === 'auto' ? availableParallelism() : workers;
}
