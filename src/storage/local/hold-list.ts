import { readFile, rename, writeFile } from 'node:fs/promises';
import { StorageError } from '../../core/index.ts';
import type { Directory } from './directory.ts';
import { look } from './look.ts';
import { HOLDS_NAME, unguessable } from './names.ts';

/** As many as a person can oversee: each change is compared with all. */
const MAX_HOLDS = 1000;

/** A hold, by the names of its path from the root of the storage on. */
export interface StoredHold {
  readonly names: readonly string[];
  /** In ms since 1970. */
  readonly since: number;
  readonly by: string;
  readonly reason: string;
}

/** The holds of a storage, in a file in its root that all processes read. */
export class HoldList {
  readonly #root: Directory;
  readonly #durable: boolean;
  #read: { readonly key: string; readonly holds: readonly StoredHold[] } = { key: '', holds: [] };
  #last: Promise<unknown> = Promise.resolve();

  constructor(root: Directory, durable: boolean) {
    this.#root = root;
    this.#durable = durable;
  }

  /** As they are now. @throws StorageError `io` where they can't be read: nothing may be changed then */
  async all(): Promise<readonly StoredHold[]> {
    const root = this.#root;
    const stats = await look(root, HOLDS_NAME);
    if (stats === undefined) return [];
    const key = `${stats.ino} ${stats.mtimeNs} ${stats.ctimeNs} ${stats.size}`;
    if (this.#read.key === key) return this.#read.holds;
    try {
      const holds = parsed(await root.device.threads(() => readFile(root.at(HOLDS_NAME), 'utf8')));
      this.#read = { key, holds };
      return holds;
    } catch (cause) {
      throw new StorageError('io', 'The holds of this storage can not be read: nothing can be changed', { cause });
    }
  }

  /** One change after the other. `change` gives what there is then. */
  async change(change: (holds: readonly StoredHold[]) => readonly StoredHold[]): Promise<void> {
    const work = this.#last.then(() => this.#change(change));
    this.#last = work.catch(() => undefined);
    await work;
  }

  async #change(change: (holds: readonly StoredHold[]) => readonly StoredHold[]): Promise<void> {
    const holds = change(await this.all());
    if (holds.length > MAX_HOLDS) throw new StorageError('denied', `A storage has ${MAX_HOLDS} holds at the most`);
    await this.#write(holds);
  }

  async #write(holds: readonly StoredHold[]): Promise<void> {
    const root = this.#root;
    const written = `${HOLDS_NAME}-${unguessable()}`;
    const text = `${JSON.stringify(holds, undefined, 1)}\n`;
    await root.device.threads(() =>
      writeFile(root.at(written), text, { mode: 0o600, flag: 'wx', flush: this.#durable }),
    );
    await root.device.threads(() => rename(root.at(written), root.at(HOLDS_NAME)));
    if (this.#durable) await root.sync();
  }
}

function parsed(text: string): readonly StoredHold[] {
  const holds: unknown = JSON.parse(text);
  if (!Array.isArray(holds) || !holds.every(isHold)) throw new Error('This is no list of holds');
  return holds;
}

function isHold(value: unknown): value is StoredHold {
  if (typeof value !== 'object' || value === null) return false;
  const { names, since, by, reason } = value as Partial<Record<keyof StoredHold, unknown>>;
  const isPath = Array.isArray(names) && names.every((name) => typeof name === 'string');
  return isPath && typeof since === 'number' && typeof by === 'string' && typeof reason === 'string';
}
