import type { VirtualPath } from '../../core/index.ts';
import { SftpFailure } from '../failures.ts';
import type { Abandonment, DirectoryHandle, FileHandle, Handle } from './handle.ts';

/** How many handles one session has open, on all its channels. */
export class HandleCount {
  readonly #limit: number;
  #open = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isZero(): boolean {
    return this.#open === 0;
  }

  /** @throws SftpFailure where there are too many */
  take(): void {
    if (this.#open >= this.#limit) throw new SftpFailure('failure', 'Too many open files and directories');
    this.#open += 1;
  }

  free(): void {
    this.#open -= 1;
  }
}

/** The open files and directories of one channel. */
export class Handles {
  readonly #count: HandleCount;
  readonly #open = new Map<string, Handle>();
  #next = 0;

  constructor(count: HandleCount) {
    this.#count = count;
  }

  /** Opens what `open` gives, and gives its name for the client. @throws SftpFailure where too many are open */
  async add(open: () => Promise<Handle>): Promise<string> {
    this.#count.take();
    try {
      const handle = await open();
      this.#next += 1;
      const name = String(this.#next);
      this.#open.set(name, handle);
      return name;
    } catch (error) {
      this.#count.free();
      throw error;
    }
  }

  /** @throws SftpFailure where there is no such file */
  file(name: string): FileHandle {
    const handle = this.#find(name);
    if (handle.kind !== 'file') throw new SftpFailure('failure', 'The handle is one of a directory');
    return handle;
  }

  /** @throws SftpFailure where there is no such directory */
  directory(name: string): DirectoryHandle {
    const handle = this.#find(name);
    if (handle.kind !== 'directory') throw new SftpFailure('failure', 'The handle is one of a file');
    return handle;
  }

  /** The upload that is under way to a path on this channel. */
  uploadTo(path: VirtualPath): FileHandle | undefined {
    return this.files.find((handle) => handle.path === path && handle.transfer.direction === 'upload');
  }

  get files(): readonly FileHandle[] {
    return [...this.#open.values()].filter((handle) => handle.kind === 'file');
  }

  /** Closes a handle, whose name is free of it in any case. @throws what its `close` throws */
  async close(name: string): Promise<void> {
    const handle = this.#find(name);
    this.#open.delete(name);
    try {
      await handle.close();
    } finally {
      this.#count.free();
    }
  }

  /** Ends all of them. */
  async abandon(how: Abandonment): Promise<void> {
    const handles = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(handles.map((handle) => handle.abandon(how)));
    for (const _ of handles) this.#count.free();
  }

  #find(name: string): Handle {
    const handle = this.#open.get(name);
    if (!handle) throw new SftpFailure('failure', 'There is no such handle');
    return handle;
  }
}
