import type { BigIntStats } from 'node:fs';
import { namesOf, StorageError, type VirtualPath } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import type { EntryLocation } from './entry-location.ts';
import { HoldList } from './hold-list.ts';
import { look } from './look.ts';
import { CLOCK_SLACK_MS, RetentionClock } from './retention-clock.ts';
import { isAbove } from './same-names.ts';

/** A directory, from the root of the storage on, in which nothing is changed or removed before its time. */
export interface RetainedPath {
  readonly path: VirtualPath;
  /** How long a file stays as it is, from its last change on. */
  readonly keepMs: number;
}

interface ProtectionParts {
  readonly root: Directory;
  readonly durable: boolean;
  readonly retained: readonly RetainedPath[];
  /** In ms since 1970. */
  readonly now: () => number;
}

interface Retained {
  readonly names: readonly string[];
  readonly keepMs: number;
}

/**
 * Says whether a change may be made of what is retained for a time, or held. Whoever changes a file asks under the lock of the file. Each
 * question is about names that no link leads to: those of a location.
 */
export class Protection {
  readonly holds: HoldList;
  readonly #retained: readonly Retained[];
  readonly #clock: RetentionClock;
  readonly #now: () => number;

  constructor({ root, durable, retained, now }: ProtectionParts) {
    this.holds = new HoldList(root, durable);
    this.#retained = retained.map(({ path, keepMs }) => ({ names: namesOf(path), keepMs }));
    this.#clock = new RetentionClock(root, now);
    this.#now = now;
  }

  /** A file or link may be removed, replaced, renamed, appended to, or get other attributes. @throws StorageError `denied` */
  async checkChange(location: EntryLocation): Promise<void> {
    const { names } = location;
    const isHeld = await this.isHeld(names);
    const keepMs = this.#keepMs(names);
    if (!isHeld && keepMs === undefined) return;
    const stats = await look(location.directory, location.name);
    // What is new may come, and is held and retained then.
    if (stats === undefined) return;
    if (isHeld) throw held();
    if (keepMs !== undefined) this.#checkAge(stats, keepMs);
  }

  /** A file may get this name, in the place of another one too. @throws StorageError `denied`, `busy` */
  async checkName(location: EntryLocation): Promise<void> {
    await this.checkChange(location);
    if (this.#keepMs(location.names) !== undefined) await this.#clock.check();
  }

  /** A link may get this name: it would lead around what is protected below. @throws StorageError `denied`, `busy` */
  async checkLink(location: EntryLocation): Promise<void> {
    await this.#checkWay(location.names);
    await this.checkName(location);
  }

  /** A directory may be moved: neither what is in it nor what comes to lie in it is protected. @throws StorageError `denied` */
  async checkMovedDirectory(from: EntryLocation, to: EntryLocation): Promise<void> {
    for (const { names } of [from, to]) {
      await this.#checkWay(names);
      if ((await this.isHeld(names)) || this.#keepMs(names) !== undefined) {
        throw new StorageError('denied', 'Files are retained here: a directory can not be moved from or to here', RULE);
      }
    }
  }

  /** An empty directory may be removed. @throws StorageError `denied` */
  checkRemovedDirectory({ names }: EntryLocation): Promise<void> {
    return this.#checkWay(names);
  }

  async isHeld(names: readonly string[]): Promise<boolean> {
    return (await this.holds.all()).some((hold) => isAbove(hold.names, names));
  }

  /** The longest that one of the rules says. */
  #keepMs(names: readonly string[]): number | undefined {
    const covering = this.#retained.filter((rule) => isAbove(rule.names, names)).map(({ keepMs }) => keepMs);
    return covering.length === 0 ? undefined : Math.max(...covering);
  }

  /** The time of change is what no client can set. */
  #checkAge(stats: BigIntStats, keepMs: number): void {
    const until = Number(stats.ctimeMs) + keepMs + CLOCK_SLACK_MS;
    if (this.#now() >= until || stats.isDirectory()) return;
    const day = new Date(Math.min(until, LAST_MS)).toISOString().slice(0, 10);
    throw new StorageError('denied', `This is retained until ${day}, and can not be changed or removed before`, RULE);
  }

  /** Another entry of this name would take what is protected below from its path. */
  async #checkWay(names: readonly string[]): Promise<void> {
    const leads = ({ names: below }: { readonly names: readonly string[] }): boolean => isAbove(names, below);
    if (this.#retained.some(leads) || (await this.holds.all()).some(leads)) {
      throw new StorageError('denied', 'Files are retained here: the directory stays', RULE);
    }
  }
}

const RULE = { rule: { kind: 'setting', key: 'storages' } } as const;
/** The last time that can be written. */
const LAST_MS = 8.64e15;

function held(): StorageError {
  return new StorageError('denied', 'This is under a legal hold, and can not be changed or removed');
}
