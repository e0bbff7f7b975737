import type { Attributes, Ending, Entry, OpenTransfer, VirtualPath } from '../../core/index.ts';

/** How a handle ends without its client's CLOSE. */
export interface Abandonment {
  readonly ending: Ending;
  readonly reason: string;
}

interface Ended {
  readonly path: VirtualPath;
  /** The client has closed it. @throws StorageError where what was written can't be published */
  close(): Promise<void>;
  /** Its client is gone, or is sent away. Never throws. */
  abandon(how: Abandonment): Promise<void>;
}

/** An open file. Calls that its kind does not have fail. */
export interface FileHandle extends Ended {
  readonly kind: 'file';
  readonly transfer: OpenTransfer;
  stat(): Promise<Entry>;
  /** How many of so many bytes from a position on are worth memory: what is behind the end, as far as it is known, is not. */
  readable(position: number, length: number): number;
  /**
   * Fills `into` with the bytes from `position` on. Gives how many came: 0 at the end of the file.
   * @param isSent false: they stay with the server, which is no download of them
   */
  read(into: Uint8Array, position: number, isSent?: boolean): Promise<number>;
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(size: number): Promise<void>;
  setAttributes(attributes: Attributes): Promise<void>;
  flush(): Promise<void>;
}

/** A directory that is being read. */
export interface DirectoryHandle extends Ended {
  readonly kind: 'directory';
  /** The next entries, `limit` at the most; undefined at the end. */
  next(limit: number): Promise<readonly Entry[] | undefined>;
}

export type Handle = FileHandle | DirectoryHandle;
