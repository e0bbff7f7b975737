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

interface OpenHandle {
  readonly handle: Handle;
  /** Aborts when its client's CLOSE, or whatever else ended it, has taken effect. */
  readonly ended: AbortController;
}

/** The open files and directories of one channel. */
export class Handles {
  readonly #count: HandleCount;
  readonly #open = new Map<string, OpenHandle>();
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
      this.#open.set(name, { handle, ended: new AbortController() });
      return name;
    } catch (error) {
      this.#count.free();
      throw error;
    }
  }

  /** @throws SftpFailure where there is no such file */
  file(name: string): FileHandle {
    const { handle } = this.#find(name);
    if (handle.kind !== 'file') throw new SftpFailure('failure', 'The handle is one of a directory');
    return handle;
  }

  /** @throws SftpFailure where there is no such directory */
  directory(name: string): DirectoryHandle {
    const { handle } = this.#find(name);
    if (handle.kind !== 'directory') throw new SftpFailure('failure', 'The handle is one of a file');
    return handle;
  }

  /** The upload that is under way to a path on this channel. */
  uploadTo(path: VirtualPath): FileHandle | undefined {
    return this.files.find((handle) => isUploadTo(path, handle));
  }

  /** Aborts when the upload to a path that is under way on this channel has ended; undefined where there is none. */
  uploadEnded(path: VirtualPath | undefined): AbortSignal | undefined {
    if (path === undefined || this.#open.size === 0) return undefined;
    return [...this.#open.values()].find(({ handle }) => handle.kind === 'file' && isUploadTo(path, handle))?.ended
      .signal;
  }

  get files(): readonly FileHandle[] {
    return [...this.#open.values()].map(({ handle }) => handle).filter((handle) => handle.kind === 'file');
  }

  /** Closes a handle, whose name is free of it in any case. @throws what its `close` throws */
  async close(name: string): Promise<void> {
    const { handle, ended } = this.#find(name);
    this.#open.delete(name);
    try {
      await handle.close();
    } finally {
      this.#count.free();
      ended.abort();
    }
  }

  /** Ends all of them. */
  async abandon(how: Abandonment): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map(({ handle }) => handle.abandon(how)));
    for (const { ended } of open) {
      this.#count.free();
      ended.abort();
    }
  }

  #find(name: string): OpenHandle {
    const open = this.#open.get(name);
    if (!open) throw new SftpFailure('failure', 'There is no such handle');
    return open;
  }
}

function isUploadTo(path: VirtualPath, handle: FileHandle): boolean {
  return handle.path === path && handle.transfer.direction === 'upload';
}
