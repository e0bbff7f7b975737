import type { Readable } from 'node:stream';
import type { VirtualPath } from '../core/index.ts';

/** A file that is about to get a name. */
export interface Candidate {
  /** The name that it is to get. */
  readonly path: VirtualPath;
  /** Where it stands already: it is renamed, or copied. Absent: it is an upload. */
  readonly from?: VirtualPath;
  readonly bytes: number;
  /** The content, from its first byte, each time that it is called. */
  readonly read: () => Readable;
  /** Takes it away where it stands under another name, once a copy is kept elsewhere. Absent: it stands under none, or stays there. */
  readonly takeAway?: () => Promise<void>;
}

/** Who must agree before a file gets its name. */
export interface Gate {
  /** Whether it asks by path: links must not lead around it. */
  readonly goesByPath: boolean;
  /** Whether a file that gets this name must be asked about; `from`: it has this one already. */
  concerns(path: VirtualPath, from?: VirtualPath): boolean;
  /** Whether a directory that is moved here may bring files that were not asked about under their names before. */
  concernsBelow(directory: VirtualPath): boolean;
  /** Resolves where the file may have its name. @throws StorageError where it may not, or the signal ends the question */
  ask(candidate: Candidate, signal: AbortSignal | undefined): Promise<void>;
}
