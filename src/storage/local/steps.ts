import { readlinkSync } from 'node:fs';
import { readlink } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { decodeText, StorageError } from '../../core/index.ts';
import type { Following } from '../following.ts';
import { leadsOutside } from '../link-target.ts';
import type { Directory } from './directory.ts';
import { EntryLocation, type Sight } from './entry-location.ts';
import { unless } from './failures.ts';
import { look } from './look.ts';
import { checkName } from './names.ts';

/** Linux's own bound (path_resolution(7)). */
const MAX_LINKS = 40;
const SEPARATOR = process.platform === 'win32' ? /[\\/]/ : '/';

/** A directory that a walk starts from and never leaves. */
export interface Base {
  readonly directory: Directory;
  /** The names of the host's path to it, by which absolute links are known. */
  readonly hostNames: readonly string[];
  /** The names of the directories from the root of the storage to it. */
  readonly home: readonly string[];
  /** Whether it is closed with the location that is found. */
  readonly isOwned: boolean;
}

/** Goes from `base` along `names`. */
export async function takeSteps(base: Base, names: readonly string[], following: Following): Promise<EntryLocation> {
  const steps = new Steps(base, names, following);
  try {
    return await steps.location();
  } catch (error) {
    await steps.abandon();
    throw error;
  }
}

/** One walk under way: `#chain` leads to `#directory`, and `#pending` is what remains, the next name last. */
class Steps {
  readonly #base: Base;
  readonly #following: Following;
  #pending: string[];
  #directory: Directory;
  #chain: string[] = [];
  #links = 0;

  constructor(base: Base, names: readonly string[], following: Following) {
    this.#base = base;
    this.#following = following;
    this.#pending = names.toReversed();
    this.#directory = base.directory;
  }

  async location(): Promise<EntryLocation> {
    for (;;) {
      const name = this.#pending.pop();
      if (name === undefined) return this.#ended('.');
      if (name === '..') {
        await this.#restart([...this.#chain.slice(0, -1), ...this.#pending.toReversed()]);
        continue;
      }
      checkName(name);
      if (this.#pending.length > 0) {
        await this.#enter(name);
        continue;
      }
      if (!this.#following.last) return this.#ended(name);
      const stats = await look(this.#directory, name);
      if (!(stats?.isSymbolicLink() && (await this.#followed(name)))) return this.#ended(name, { stats });
    }
  }

  async abandon(): Promise<void> {
    if (this.#directory !== this.#base.directory) await this.#directory[Symbol.asyncDispose]();
    if (this.#base.isOwned) await this.#base.directory[Symbol.asyncDispose]();
  }

  async #ended(name: string, sight?: Sight): Promise<EntryLocation> {
    const { directory, isOwned, home } = this.#base;
    const reached = this.#directory;
    if (isOwned && reached !== directory) await directory[Symbol.asyncDispose]();
    const isHeld = isOwned || reached !== directory;
    return new EntryLocation({ directory: reached, name, chain: this.#chain, home, sight }, async () => {
      if (isHeld) await reached[Symbol.asyncDispose]();
    });
  }

  async #enter(name: string): Promise<void> {
    const next = await unless(['ENOTDIR', 'ELOOP'], this.#directory.open(name));
    if (next !== undefined) {
      await this.#moveTo(next);
      this.#chain.push(name);
    } else if (!(await this.#followed(name))) {
      throw new StorageError('not-directory', 'This is not a directory');
    }
  }

  /** Whether the entry was a link, whose names are then pending. */
  async #followed(name: string): Promise<boolean> {
    const target = await linkTarget(this.#directory, name);
    if (target === undefined) return false;
    this.#links += 1;
    if (!this.#following.links) throw new StorageError('denied', 'Links are not followed here');
    if (this.#links > MAX_LINKS) throw new StorageError('denied', 'Too many links');
    if (!isAbsolute(target)) {
      this.#pending.push(...splitPath(target).toReversed());
      return true;
    }
    const names = namesBelow(this.#base.hostNames, target);
    if (names === undefined) throw leadsOutside();
    await this.#restart([...names, ...this.#pending.toReversed()]);
    return true;
  }

  /**
   * Begins again at the base. `..` needs this too: the system's own `..` of a directory that was moved meanwhile could
   * lie outside, and to hold every directory on the way would cost a descriptor for each level.
   */
  async #restart(names: readonly string[]): Promise<void> {
    this.#pending = names.toReversed();
    this.#chain = [];
    await this.#moveTo(this.#base.directory);
  }

  async #moveTo(next: Directory): Promise<void> {
    const left = this.#directory;
    this.#directory = next;
    if (left !== this.#base.directory) await left[Symbol.asyncDispose]();
  }
}

/** Where the link `name` points, or undefined where it is no link. */
export async function linkTarget(directory: Directory, name: string): Promise<string | undefined> {
  const path = directory.at(name);
  if (!(await look(directory, name))?.isSymbolicLink()) return undefined;
  // It may be something else by now. EINVAL: not a link; UNKNOWN: the same on Windows.
  const target = await unless(
    ['EINVAL', 'ENOENT', 'UNKNOWN'],
    directory.deviceOf(name).attributes.ask(
      () => readlinkSync(path, { encoding: 'buffer' }),
      () => readlink(path, { encoding: 'buffer' }),
    ),
  );
  return target && decodeText(target);
}

export function splitPath(path: string): string[] {
  return path.split(SEPARATOR).filter((name) => name !== '' && name !== '.');
}

/** The names of `path` below a directory of the host, or undefined where it does not begin with that directory. */
export function namesBelow(hostNames: readonly string[], path: string): string[] | undefined {
  const names = splitPath(path);
  return hostNames.every((name, index) => names[index] === name) ? names.slice(hostNames.length) : undefined;
}
