import { background } from '../core/index.ts';

/** The runner itself reports what fails; its promises only tell when a test is over. */
export function registered(tests: Promise<void>): void {
  background(tests, () => {});
}
