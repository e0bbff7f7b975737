import type { Scenario } from '../scenario.ts';
import { idleSessions, tenThousand } from './idle-sessions.ts';
import { listing } from './listing.ts';
import { logins } from './logins.ts';
import { smallFiles } from './small-files.ts';
import { download, parallelStreams, upload } from './streams.ts';

/** What has to do with servers, in the report's order; and behind these `serverTrees`. */
export const serverScenarios: readonly Scenario[] = [
  download,
  upload,
  ...parallelStreams,
  logins,
  idleSessions,
  tenThousand,
];

/** Those that leave many removed files behind: ext4 searches long for room beside them, so nothing else follows soon. */
export const serverTrees: readonly Scenario[] = [smallFiles, listing];
