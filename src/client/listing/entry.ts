import type { VirtualPath } from '../../core/index.ts';
import type { ListedEntry } from '../../protocol/index.ts';

/** One file, directory or link on the server, as far as its listing tells. */
export interface RemoteEntry extends ListedEntry {
  /** The whole path. */
  readonly path: VirtualPath;
}
