import type { Scenario } from '../scenario.ts';
import { smallFiles } from './small-files.ts';
import { download, parallelStreams, upload } from './streams.ts';

/** Every scenario that compares servers, in the report's order. */
export const serverScenarios: readonly Scenario[] = [download, upload, smallFiles, ...parallelStreams];
