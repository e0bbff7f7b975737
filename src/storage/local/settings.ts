import type { PathLike } from 'node:fs';
import type { FileKeeper } from './file-keeper.ts';
import type { Protection } from './protection.ts';

/** What holds for a whole local storage and all views of it. */
export interface LocalStorageSettings {
  /** Whether an operation that resolved has reached the medium. */
  readonly durable: boolean;
  /** Who changes files of the storage: this process alone, or others too. */
  readonly processes: 'one' | 'several';
  /** Permission bits of new files. */
  readonly fileMode: number;
  /** The number of the group of new files and directories; undefined leaves it to the system. */
  readonly fileGroup?: number | undefined;
  readonly directoryMode: number;
  /** When the service began, in ms since 1970: what an unknown process wrote to later is no left-over. */
  readonly since: number;
  /** Says what may be changed. */
  readonly protection: Protection;
  /** Keeps what is removed or replaced; absent: it is gone. */
  readonly keeper?: FileKeeper | undefined;
  /** See `LocalStorageOptions`. */
  readonly removeFreeLock?: ((file: PathLike) => boolean) | undefined;
}
