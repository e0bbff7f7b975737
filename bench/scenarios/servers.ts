import type { Scenario } from '../scenario.ts';
import { idleSessions, tenThousand } from './idle-sessions.ts';
import { listing } from './listing.ts';
import { logins } from './logins.ts';
import { smallFiles } from './small-files.ts';
import { download, parallelStreams, upload } from './streams.ts';

/** Every scenario that has to do with servers, in the report's order. */
export const serverScenarios: readonly Scenario[] = [
  download,
  upload,
  ...parallelStreams,
  smallFiles,
  logins,
  idleSessions,
  tenThousand,
  listing,
];
