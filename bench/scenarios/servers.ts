import type { Scenario } from '../scenario.ts';
import { firstFilesDown, firstFilesUp } from './first-files.ts';
import { idleSessions, twentyThousand } from './idle-sessions.ts';
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
  twentyThousand,
];

/** Those that leave many removed files behind: ext4 searches long for room beside them, so nothing else follows soon. */
export const serverTrees: readonly Scenario[] = [firstFilesDown, firstFilesUp, smallFiles, listing];
