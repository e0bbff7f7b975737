import type { Readable, Writable } from 'node:stream';
import type { Holds } from './holds.ts';
import type { VirtualPath } from './path.ts';
import type { Trash } from './trash.ts';

/** One file, directory or symbolic link. */
export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link';
  /** Bytes; 0 for what has no length. */
  readonly size: number;
  readonly modified: Date;
  /** What `modified` is cut to, where that is more than a second: listings for people tell no more. */
  readonly modifiedPrecision?: 'minute' | 'day';
  /** When it was made, where the storage knows. */
  readonly created?: Date;
  /** POSIX permission bits (0o7777 at the most). */
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
  /** The same for every name of one entry, different for different entries (RFC 3659 section 7.5.2). */
  readonly unique?: string;
  /** Of a link: what it points to, as text. */
  readonly target?: string;
}

/** Something in a directory that `list` leaves out. */
export interface UnlistedEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** `name`: no path can hold it (it has a line break); `kind`: it is neither file, directory nor link. */
  readonly why: 'name' | 'kind';
}

/** What can be set of an entry. */
export interface Attributes {
  readonly modified?: Date;
  readonly created?: Date;
  /** POSIX permission bits; those beyond 0o777 are left out. */
  readonly mode?: number;
}

/** What every call to a storage, to an account's files or to a server takes. */
export interface CallOptions {
  /** Ends the call, which fails with `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

export interface StatOptions extends CallOptions {
  /** Whether a link as the last name is followed, and not looked at itself. Default: true. */
  readonly followLinks?: boolean;
}

export interface ListOptions extends CallOptions {
  /** The names alone are wanted, which may cost less: nothing else of the entries that come need be true. */
  readonly namesOnly?: boolean;
  /**
   * Files that are not whole are wanted too, where their names alone tell them apart and other programs may have left
   * them: for who copies a tree, and says what is left out.
   */
  readonly unfinished?: boolean;
}

/** Half-open range of byte positions: from `start` up to, not including, `end` (default: the end of the file). */
export interface ByteRange {
  readonly start?: number;
  readonly end?: number;
}

export interface ReadOptions extends ByteRange, CallOptions {
  /** What the caller takes the file's length for, in bytes: small ones may be fetched together with others. */
  readonly expectedSize?: number;
}

/** What may stand already under the name that a file gets. */
export interface TargetOptions extends CallOptions {
  /** Fail with `exists`, at the commit at the latest, rather than replace a file. */
  readonly exclusive?: boolean;
  /** Fail with `not-found` or `busy`, at the commit at the latest, rather than make a new file. */
  readonly existing?: boolean;
}

export interface WriteOptions extends TargetOptions {
  /**
   * Where the first byte goes. Absent: a new file, which replaces an old one as a whole when it is committed. A number:
   * what lies before it is kept, from the interrupted upload of that name where there is one, from the published file
   * otherwise (REST + STOR, RFC 3659 section 5.3). What the upload does not reach of a published file stays; an
   * interrupted upload ends where this one does, for what came behind was never published. Where the published file has
   * changed meanwhile the commit fails with `busy`. `'end'`: append to either, or to nothing (APPE). What is appended goes
   * behind what the file is at the commit: of appends at the same time none is lost.
   */
  readonly at?: number | 'end';
  /** What the caller says the file's length will be, in bytes: lets a full medium refuse early (ALLO). */
  readonly expectedSize?: number;
  /**
   * The time that the file is to get, where the storage can give it together with the bytes. Others pass it over: what the
   * commit gives shows it.
   */
  readonly modified?: Date;
}

export interface OpenWriteOptions extends TargetOptions {
  /**
   * Whether the file begins empty, and replaces what is there as a whole. Otherwise it begins as a copy of the published
   * file, or with what an interrupted upload of that name left, which a commit publishes as far as bytes come, or as it is
   * where none do. Default: false.
   */
  readonly truncate?: boolean;
}

export interface CopyOptions extends TargetOptions {
  /** Whether the copy gets the time of modification of what is copied, and not its own. Default: false. */
  readonly keepModified?: boolean;
  /** What must be there to be copied, as `stat` gave it; `busy` where it was changed. */
  readonly unchanged?: Entry;
}

/** A file that a commit has published. */
export interface StoredEntry extends Entry {
  /** What it took the place of: a file, a link, or an interrupted upload. Every storage that can be a home tells it. */
  readonly replaced?: Entry;
  /** For people: what the storage could not tidy up behind it, such as the file that was replaced. */
  readonly warning?: string;
}

/**
 * The ends of a file that is being written. Nothing of it is seen under its name before `commit`. It ends in exactly one
 * of three ways; whichever is called first wins, and the caller must call one. What was not shown to be complete is never
 * published.
 */
export interface Endings {
  /**
   * What stands now where the file goes, whatever has become of its path meanwhile: the file or link that a commit
   * would replace, or an interrupted upload that it would do away with.
   */
  replaces(): Promise<Entry | undefined>;
  /**
   * Publish: when it resolves, the whole file stands under its name, on the medium. A commit that fails has discarded.
   * @throws StorageError `busy` where the published file that it goes on from has changed meanwhile, `incomplete` where
   * bytes of the file never came
   */
  commit(): Promise<StoredEntry>;
  /**
   * Keep what came so that `write({ at })` can go on later; it does not become visible as a file. Gives the kept part,
   * or undefined where nothing was kept (nothing came, a published file of that name exists, the storage cannot). What is
   * kept ends where the first byte is missing.
   */
  suspend(): Promise<Entry | undefined>;
  /** Forget it. */
  discard(): Promise<void>;
}

/** An upload in progress, from its first byte to its last. */
export interface Upload extends Endings {
  /** May hold a chunk after its write was called back: whoever gives one must not alter its memory any more. */
  readonly sink: Writable;
}

/**
 * A file that is open for reading at any position, as it was when it was opened: where its name has got another one by now,
 * that is never read; a storage that can't go on with the old one then is `busy`. The caller must close it.
 */
export interface ReadableFile {
  stat(): Promise<Entry>;
  /** Fills `into` with the bytes from `position` on. Gives how many came: fewer at the end of the file alone. */
  read(into: Uint8Array, position: number): Promise<number>;
  close(): Promise<void>;
}

/**
 * A file that is being changed at any position. Readers of its name see none of that before the commit. Many calls may be
 * made at once: those that touch the same bytes take effect in their order, and an ending waits for all of them. Where
 * one that changes something has failed, the commit fails too.
 */
export interface WritableFile extends Endings {
  /** What the file is up to now. */
  stat(): Promise<Entry>;
  /** As for `ReadableFile`, with what was written up to now. */
  read(into: Uint8Array, position: number): Promise<number>;
  /**
   * Writes all of `bytes`, which must not be altered before it resolves. Bytes that are left out before `position` are
   * missing: until they come there is nothing to commit.
   */
  write(bytes: Uint8Array, position: number): Promise<void>;
  /** Gives the file this length: its end goes, or bytes of 0 come behind it. */
  truncate(size: number): Promise<void>;
  /** Brings to the medium what was written up to now. It is published by a commit alone. */
  flush(): Promise<void>;
}

export interface RemoveOptions extends CallOptions {
  /** What must be there still, as `stat` gave it; `busy` where it was changed. What a link leads to is not looked at. */
  readonly unchanged?: Entry;
}

export interface RenameOptions extends CallOptions {
  /** Fail with `exists` rather than replace a file or a link, or the entry by itself. An interrupted upload goes all the same. */
  readonly exclusive?: boolean;
  /** What must be there still, as `stat` gave it; `busy` where it was changed. For a file; a link or a directory is not looked at. */
  readonly unchanged?: Entry;
}

/** What a tree takes up: files and links counted, interrupted uploads included, directories not. */
export interface Usage {
  readonly bytes: number;
  readonly files: number;
}

export interface UsageOptions extends CallOptions {
  /** What a file of a size, in bytes, counts for: where its bytes hold others. Default: its size. */
  readonly sizeOf?: (size: number) => number;
}

/** Room for files, in bytes. */
export interface Space {
  readonly free: number;
  readonly total: number;
}

export interface ConfineOptions {
  /** Whether links inside are followed; a path that leads through one is `denied` otherwise. Default: true. */
  readonly followLinks?: boolean;
}

export type DigestAlgorithm = 'CRC32' | 'MD5' | 'SHA-1' | 'SHA-256' | 'SHA-512';

/**
 * What a back-end is: a tree of files. Every method but those marked optional must work; a missing optional method means
 * "this storage cannot", and what the server announces follows from that. Failures are StorageError. Links are followed
 * by `stat`, `read`, `list` and `write`, never beyond the root; `remove` and `rename` act on the link itself. A signal
 * does not stop a change that has begun: `aborted` says that nothing was changed.
 */
export interface Storage {
  /**
   * What links can do here. `none`: there are none. `confined`: none is followed out of the root, nor out of what
   * `confine` gives, which such a storage must have. `uncontrolled`: nobody can promise where one leads; such a storage
   * can't be an account's home.
   */
  readonly links: 'none' | 'confined' | 'uncontrolled';

  stat(path: VirtualPath, options?: StatOptions): Promise<Entry>;
  /**
   * The entries of a directory, in no order, without `.` and `..`, in batches of many: a directory may hold millions, and
   * a promise for each would cost more than the entry.
   */
  list(path: VirtualPath, options?: ListOptions): AsyncIterable<readonly Entry[]>;
  /** The bytes of a file. @throws `bad-offset` when `start` lies behind the end. */
  read(path: VirtualPath, options?: ReadOptions): Promise<Readable>;
  write(path: VirtualPath, options?: WriteOptions): Promise<Upload>;
  /**
   * Moves an entry. A file at `to` is replaced by a file, a directory neither replaces nor is replaced (`exists`). Gives
   * what was replaced: a file, a link, or the interrupted upload of that name.
   */
  rename(from: VirtualPath, to: VirtualPath, options?: RenameOptions): Promise<Entry | undefined>;
  /** Removes a file or a link (`is-directory` for a directory), or an interrupted upload of that name; gives what it was. */
  remove(path: VirtualPath, options?: RemoveOptions): Promise<Entry>;
  makeDirectory(path: VirtualPath, options?: CallOptions): Promise<void>;
  /** Removes an empty directory (`not-empty` otherwise). */
  removeDirectory(path: VirtualPath, options?: CallOptions): Promise<void>;

  /**
   * Opens a file for reading at any position, for who does not read on from one byte to the next. The signal is for the
   * whole time that it is open.
   */
  openRead?(path: VirtualPath, options?: CallOptions): Promise<ReadableFile>;
  /** Opens a file for changing it at any position; a new one where there is none. The signal is for the whole time that it is open. */
  openWrite?(path: VirtualPath, options?: OpenWriteOptions): Promise<WritableFile>;
  /**
   * Copies a file, whose bytes the caller need not read. Links are followed. The copy is seen whole or not at all.
   * @throws StorageError `exists` where both are one file
   */
  copy?(from: VirtualPath, to: VirtualPath, options?: CopyOptions): Promise<StoredEntry>;

  /**
   * Files of up to so many bytes cost least when many are read or written at once, with their size told beforehand.
   * Absent: that makes no difference.
   */
  readonly smallFileBytes?: number;
  /**
   * The whole listings of a directory and of those below it, as many as can be had at once: a directory that is not among
   * them has to be listed by itself. They are of one moment, and get old: nothing may be deleted on their strength.
   */
  listTree?(path: VirtualPath, options?: ListOptions): Promise<ReadonlyMap<VirtualPath, readonly Entry[]>>;
  /** What `list` leaves out: for who must not take it for absent. */
  listUnlisted?(path: VirtualPath, options?: CallOptions): AsyncIterable<UnlistedEntry>;
  /** The interrupted upload kept under this name, where there is one and no published file. */
  partial?(path: VirtualPath, options?: CallOptions): Promise<Entry | undefined>;
  /** What `setAttributes` can set; absent: nothing. */
  readonly settable?: readonly (keyof Attributes)[];
  /**
   * Sets attributes of what a path leads to: all that are given, or none. @throws `unsupported` for one that is not
   * `settable`, or has a value that the medium can't keep.
   */
  setAttributes?(path: VirtualPath, attributes: Attributes, options?: CallOptions): Promise<void>;
  /** Makes a symbolic link at `path`; `target` is text, resolved when the link is followed. */
  makeLink?(path: VirtualPath, target: string, options?: CallOptions): Promise<void>;
  digest?(path: VirtualPath, algorithm: DigestAlgorithm, range?: ReadOptions): Promise<Uint8Array>;
  /** Room on the medium that holds `path`, in bytes. */
  space?(path: VirtualPath, options?: CallOptions): Promise<Space>;
  /** What lies below a directory, by a walk that follows no link. */
  usage?(path: VirtualPath, options?: UsageOptions): Promise<Usage>;
  /** What is kept of files that were removed or replaced. */
  readonly trash?: Trash;
  /** What must not be changed until somebody says so. */
  readonly holds?: Holds;
  /** The same files with the directory `home` as the root, which no path and no link leads out of. */
  confine?(home: VirtualPath, options?: ConfineOptions): Storage;
}
