import { realpath } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { decodeText, namesOf, type VirtualPath } from '../../core/index.ts';
import { freshMounts } from '../../disk/index.ts';
import type { Directory } from './directory.ts';
import type { EntryLocation } from './entry-location.ts';
import { linuxDirectory } from './linux-directory.ts';
import { portableDirectory } from './portable-directory.ts';
import { type Base, namesBelow, splitPath, takeSteps } from './steps.ts';

/**
 * Finds entries as chroot would show them: each name is opened in the directory before it, links are read and followed
 * here and never by the system, `..` in a link stops at the root, and an absolute link is followed only where it names
 * a path below the root.
 */
export class Walk implements AsyncDisposable {
  readonly #root: Base;
  readonly #home: readonly string[];
  readonly #links: boolean;

  constructor(root: Base, home: readonly string[] = [], links = true) {
    this.#root = root;
    this.#home = home;
    this.#links = links;
  }

  static async from(root: string): Promise<Walk> {
    const hostPath = decodeText(await realpath(root, { encoding: 'buffer' }));
    return new Walk({ directory: await openRoot(root), hostNames: splitPath(hostPath), home: [], isOwned: false });
  }

  /** The walk of which `home` is the root. The way to it is found anew each time, so it may be made or moved later. */
  within(home: VirtualPath, links: boolean): Walk {
    return new Walk(this.#root, [...this.#home, ...namesOf(home)], this.#links && links);
  }

  /** The same walk, which follows links. */
  following(): Walk {
    return this.#links ? this : new Walk(this.#root, this.#home);
  }

  /** The walk of the whole storage, whose root this one begins below. */
  ofStorage(): Walk {
    return this.#home.length === 0 ? this : new Walk(this.#root);
  }

  /** @param last whether the entry itself, where it is a link, is followed too. */
  resolve(path: VirtualPath, last = true): Promise<EntryLocation> {
    return this.resolveNames(namesOf(path), last);
  }

  /** The root of the storage, which is open as long as the storage. */
  get root(): Directory {
    return this.#root.directory;
  }

  /** The same by names, of which there may be more than a path holds, or such as no path can. */
  async resolveNames(names: readonly string[], last = true): Promise<EntryLocation> {
    const fresh = freshMounts();
    if (fresh) await fresh;
    return takeSteps(await this.#base(), names, { links: this.#links, last });
  }

  /** Where a link points as a peer sees paths, or undefined for outside. */
  shownTarget(target: string): string | undefined {
    if (!isAbsolute(target)) return target;
    const names = namesBelow([...this.#root.hostNames, ...this.#home], target);
    return names === undefined ? undefined : `/${names.join('/')}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#root.directory[Symbol.asyncDispose]();
  }

  async #base(): Promise<Base> {
    if (this.#home.length === 0) return this.#root;
    // Whoever chose the home may use links in its path.
    await using way = await takeSteps(this.#root, this.#home, { links: true, last: true });
    const home = way.name === '.' ? way.chain : [...way.chain, way.name];
    return {
      directory: await way.directory.open(way.name),
      hostNames: [...this.#root.hostNames, ...home],
      home,
      isOwned: true,
    };
  }
}

/** The root of a storage; links in `path` itself are followed, as the person who configured it wants. */
export async function openRoot(path: string): Promise<Directory> {
  return process.platform === 'linux' ? linuxDirectory(path) : portableDirectory(path);
}
