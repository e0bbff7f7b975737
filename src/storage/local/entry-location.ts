import type { PathLike } from 'node:fs';
import type { Device } from '../../disk/index.ts';
import type { Directory } from './directory.ts';

/** The location of an entry: its name in a directory that stays open until this is disposed. The entry may be missing. */
export class EntryLocation implements AsyncDisposable {
  readonly directory: Directory;
  /** `.` where the entry is the directory itself, as it is for a root. */
  readonly name: string;
  /** Names of the directories from the view's root to `directory`; none of them was a link. */
  readonly chain: readonly string[];
  readonly #release: () => Promise<void>;

  constructor(directory: Directory, name: string, chain: readonly string[], release: () => Promise<void>) {
    this.directory = directory;
    this.name = name;
    this.chain = chain;
    this.#release = release;
  }

  get path(): PathLike {
    return this.directory.at(this.name);
  }

  /** That of the entry itself. */
  get device(): Device {
    return this.directory.deviceOf(this.name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#release();
  }
}
