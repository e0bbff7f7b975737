import type { BigIntStats, PathLike } from 'node:fs';
import type { Device } from '../../disk/index.ts';
import type { Directory } from './directory.ts';
import { look } from './look.ts';

/** What a walk saw of the entry that it came to. */
export interface Sight {
  /** Undefined where there was none. */
  readonly stats: BigIntStats | undefined;
}

type FoundEntry = Pick<EntryLocation, 'directory' | 'name' | 'chain' | 'home'> & {
  readonly sight?: Sight | undefined;
};

/** The location of an entry: its name in a directory that stays open until this is disposed. The entry may be missing. */
export class EntryLocation implements AsyncDisposable {
  readonly directory: Directory;
  /** `.` where the entry is the directory itself, as it is for a root. */
  readonly name: string;
  /** Names of the directories from the view's root to `directory`; none of them was a link. */
  readonly chain: readonly string[];
  /** Names of the directories from the root of the storage to the view's root; none of them was a link. */
  readonly home: readonly string[];
  readonly #sight: Sight | undefined;
  readonly #release: () => Promise<void>;

  constructor({ directory, name, chain, home, sight }: FoundEntry, release: () => Promise<void>) {
    this.directory = directory;
    this.name = name;
    this.chain = chain;
    this.home = home;
    this.#sight = sight;
    this.#release = release;
  }

  /** The entry itself, as it was when the location was found; undefined where there was none. */
  async seen(): Promise<BigIntStats | undefined> {
    return this.#sight ? this.#sight.stats : look(this.directory, this.name);
  }

  /** The names of the entry from the root of the storage on. */
  get names(): readonly string[] {
    const directories = [...this.home, ...this.chain];
    return this.name === '.' ? directories : [...directories, this.name];
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
