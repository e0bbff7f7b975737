import type { PathLike } from 'node:fs';
import { link, rename, unlink } from 'node:fs/promises';
import { StorageError } from '../../core/index.ts';
import { type Device, OpenedFile } from '../../disk/index.ts';
import type { Directory } from './directory.ts';
import type { EntryLocation } from './entry-location.ts';
import { unless } from './failures.ts';
import { look, lookAt } from './look.ts';
import { isMarked, type PartialClaim, PROCESS_MARK, partialName, temporaryName } from './names.ts';
import { CHANGE_FILE, CREATE_FILE } from './open-flags.ts';

/** Nobody else on the host has a reason to look at an unfinished upload. */
const UNFINISHED_MODE = 0o600;

/** Names of the temporary files of all uploads under way in this process. */
const live = new Set<string>();

/**
 * Whether nobody writes to a temporary file any more. Of its own files this process knows. Those of others that share
 * the root, and of those that have ended, look alike: one that changed before the service began is of an earlier one. The
 * time of its name counts too, unlike that of its content: an interrupted upload that is gone on with may be old.
 */
export async function isLeftOver(directory: Directory, name: string, since: number): Promise<boolean> {
  if (isMarked(name, PROCESS_MARK)) return !live.has(name);
  const stats = await look(directory, name);
  return stats !== undefined && Number(stats.ctimeMs) < since;
}

/** An interrupted upload that is gone on with. */
interface Claimed {
  readonly temporary: Temporary;
  /** The byte from which on. */
  readonly position: number;
  /** In bytes. */
  readonly size: number;
}

/** The file that an upload to `location` is written to before it gets its name: in the same directory, under ours. */
export class Temporary {
  readonly handle: OpenedFile;
  readonly #location: EntryLocation;
  #name: string;
  #claim: PartialClaim | undefined;
  #claimed = Promise.resolve();

  private constructor(location: EntryLocation, name: string, handle: OpenedFile, claim: PartialClaim | undefined) {
    this.#location = location;
    this.#name = name;
    this.handle = handle;
    this.#claim = claim;
  }

  get name(): string {
    return this.#name;
  }

  /** An empty one. */
  static create(location: EntryLocation): Promise<Temporary> {
    return Temporary.#named(location, (path) =>
      OpenedFile.create(path, CREATE_FILE, UNFINISHED_MODE, location.directory.device),
    );
  }

  /**
   * The interrupted upload of this name, where there is one. Of two that want to go on with it one gets it. After a crash
   * as much of it is given back as lies before the position, for what comes then is written over the rest.
   * @param positionIn where it is gone on with, of its size in bytes; throws where it can't be
   * @throws StorageError `busy` where it became another one meanwhile
   */
  static async claimPartial(
    location: EntryLocation,
    positionIn: (size: number) => number,
  ): Promise<Claimed | undefined> {
    const { device } = location.directory;
    const partial = partialName(location.name);
    const stats = await look(location.directory, partial);
    if (stats === undefined) return undefined;
    const size = Number(stats.size);
    const position = positionIn(size);
    const make = async (path: PathLike) => {
      await device.threads(() => rename(location.directory.at(partial), path));
      return OpenedFile.open(path, CHANGE_FILE, device);
    };
    const claimed = await unless(['ENOENT'], Temporary.#named(location, make, { partial, bytes: position }));
    if (claimed === undefined) return undefined;
    if (Number((await lookAt(claimed.handle, device)).size) === size) return { temporary: claimed, position, size };
    // The position was for what it was.
    await claimed.keep();
    throw new StorageError('busy', 'The interrupted upload is being changed');
  }

  static async #named(location: EntryLocation, make: (path: PathLike) => Promise<OpenedFile>, claim?: PartialClaim) {
    const name = temporaryName(claim);
    live.add(name);
    try {
      return new Temporary(location, name, await make(location.directory.at(name)), claim);
    } catch (error) {
      live.delete(name);
      throw error;
    }
  }

  /** Has no more given back of an interrupted upload, after a crash, than lies before this byte: what follows is written over. */
  claimLess(bytes: number): Promise<void> {
    this.#claimed = this.#claimed.then(() => this.#claimLess(bytes));
    return this.#claimed;
  }

  async #claimLess(bytes: number): Promise<void> {
    if (this.#claim === undefined || this.#claim.bytes <= bytes) return;
    const claim = { ...this.#claim, bytes };
    const [before, name] = [this.#path, temporaryName(claim)];
    live.add(name);
    try {
      await this.device.threads(() => rename(before, this.#location.directory.at(name)));
    } catch (error) {
      live.delete(name);
      throw error;
    }
    live.delete(this.#name);
    this.#name = name;
    this.#claim = claim;
  }

  /** Gives it the name of the upload, in place of what has that now. */
  async publish(): Promise<void> {
    await this.device.threads(() => rename(this.#path, this.#location.path));
    await this.#gone();
  }

  /** Gives it the name of the upload; fails with EEXIST where anything has that, whenever it came. */
  async publishNew(): Promise<void> {
    // FAT and some network file systems have no second names.
    const linked = await unless(
      ['EPERM', 'ENOTSUP', 'ENOSYS'],
      this.device.threads(() => link(this.#path, this.#location.path).then(() => true)),
    );
    if (!linked) throw new StorageError('unsupported', 'This file system cannot add a file without replacing one');
    await this.device.threads(() => unlink(this.#path));
    await this.#gone();
  }

  /** Gives it a further name in its directory. False where something has that, or the file system has no further names. */
  async linkAs(name: string): Promise<boolean> {
    const linked = this.device.threads(() => link(this.#path, this.#location.directory.at(name)).then(() => true));
    return (await unless(['EEXIST', 'EPERM', 'EACCES', 'ENOTSUP', 'ENOSYS', 'EMLINK'], linked)) ?? false;
  }

  /** Keeps it as the interrupted upload of this name, in place of an older one. */
  async keep(): Promise<void> {
    const kept = this.#location.directory.at(partialName(this.#location.name));
    await this.device.threads(() => rename(this.#path, kept));
    await this.#gone();
  }

  async remove(): Promise<void> {
    await unless(
      ['ENOENT'],
      this.device.threads(() => unlink(this.#path)),
    );
    await this.#gone(Number.POSITIVE_INFINITY);
  }

  /** Where it lies. */
  get device(): Device {
    return this.#location.directory.device;
  }

  get #path() {
    return this.#location.directory.at(this.#name);
  }

  /** @param bytes what is given back with it: nothing of what has a name */
  async #gone(bytes = 0): Promise<void> {
    live.delete(this.#name);
    await this.handle.close(bytes);
  }
}
