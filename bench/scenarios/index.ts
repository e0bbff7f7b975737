import type { Scenario } from '../scenario.ts';
import { clientScenarios } from './clients.ts';
import { commandLine } from './command-line.ts';
import { serverScenarios, serverTrees } from './servers.ts';
import { sftpScenarios } from './sftp.ts';

/** Everything that is measured, in the order of a run. What each is to reach stands in `targets.ts`. */
export const scenarios: readonly Scenario[] = [
  ...serverScenarios,
  commandLine,
  ...clientScenarios,
  ...sftpScenarios,
  ...serverTrees,
];
