import type { Readable } from 'node:stream';
import type { Ability } from './abilities.ts';
import type { Right } from './account/values.ts';
import type { VirtualPath } from './path.ts';
import type {
  Attributes,
  CallOptions,
  CopyOptions,
  DigestAlgorithm,
  Entry,
  ListOptions,
  OpenWriteOptions,
  ReadableFile,
  ReadOptions,
  RemoveOptions,
  RenameOptions,
  Space,
  StatOptions,
  StoredEntry,
  Upload,
  WritableFile,
  WriteOptions,
} from './storage.ts';

/** The result of joining files into one. */
export interface Combination {
  readonly entry: Entry;
  /** Parts that were changed during the join. They stay, because their new content is in no other file. */
  readonly changed: readonly VirtualPath[];
  /** Parts that could not be removed, and stay: what is in them is in the whole too. */
  readonly unremoved: readonly VirtualPath[];
}

/**
 * What a front-end works with: the files of one account. Each call is checked against its rights, counted in its quota,
 * and published where it changes something. The calls mean the same as in `Storage`; a call that the storage of the path
 * can't carry out fails with `unsupported`.
 */
export interface Files {
  /** Whether the storage at a path has this ability; without a path, whether any storage has. */
  can(ability: Ability, path?: VirtualPath): boolean;
  /** Whether the right is held at a path, for what a listing says: each call asks for itself. */
  allows(right: Right, path: VirtualPath): boolean;
  /** Whether the directory can't be removed or renamed, whatever the rights: a further storage is mounted there, or below. */
  stays(path: VirtualPath): boolean;

  stat(path: VirtualPath, options?: StatOptions): Promise<Entry>;
  list(path: VirtualPath, options?: ListOptions): AsyncIterable<readonly Entry[]>;
  read(path: VirtualPath, options?: ReadOptions): Promise<Readable>;
  /** The interrupted upload kept under this name; undefined also where none can be kept. */
  partial(path: VirtualPath, options?: CallOptions): Promise<Entry | undefined>;
  digest(path: VirtualPath, algorithm: DigestAlgorithm, range?: ReadOptions): Promise<Uint8Array>;
  space(path: VirtualPath, options?: CallOptions): Promise<Space>;

  write(path: VirtualPath, options?: WriteOptions): Promise<Upload>;
  openRead(path: VirtualPath, options?: CallOptions): Promise<ReadableFile>;
  openWrite(path: VirtualPath, options?: OpenWriteOptions): Promise<WritableFile>;
  /** Copies a file from any storage to any other; what the storage of both can't copy is read and written here. */
  copy(from: VirtualPath, to: VirtualPath, options?: CopyOptions): Promise<StoredEntry>;
  rename(from: VirtualPath, to: VirtualPath, options?: RenameOptions): Promise<Entry | undefined>;
  remove(path: VirtualPath, options?: RemoveOptions): Promise<Entry>;
  makeDirectory(path: VirtualPath, options?: CallOptions): Promise<void>;
  removeDirectory(path: VirtualPath, options?: CallOptions): Promise<void>;
  setAttributes(path: VirtualPath, attributes: Attributes, options?: CallOptions): Promise<void>;
  makeLink(path: VirtualPath, target: string, options?: CallOptions): Promise<void>;
  /**
   * Puts the parts behind the target, in their order, and removes them once the whole is on the medium. @throws `invalid-name`
   * where a part is given twice, or as the target, by whatever path.
   */
  combine(target: VirtualPath, parts: readonly VirtualPath[], options?: CallOptions): Promise<Combination>;
}
