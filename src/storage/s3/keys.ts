import { encodeText, MAX_NAME_BYTES, namesOf, StorageError, type VirtualPath } from '../../core/index.ts';

/** The name at the top of the prefix below which our own objects are. */
const RESERVED = '.lockport';
/** The service takes 1024; what is left is for the names of our own objects. */
const MAX_KEY_BYTES = 1000;

/** Which keys stand for which paths. A directory is what keys begin with, and an object of no bytes whose key ends in `/`. */
export class Keys {
  /** What all keys of the storage begin with. */
  readonly #top: string;
  /** What the keys of this view begin with. */
  readonly base: string;

  constructor(top: string, base = top) {
    this.#top = top;
    this.base = base;
  }

  /** The same keys seen from a directory. */
  within(home: VirtualPath): Keys {
    return new Keys(this.#top, this.directory(home));
  }

  /** @throws StorageError where no object can have this path */
  file(path: VirtualPath): string {
    const key = this.base + path.slice(1);
    if (!key.isWellFormed()) throw new StorageError('invalid-name', 'Names must be UTF-8 here');
    if (encodeText(key).length > MAX_KEY_BYTES) throw new StorageError('invalid-name', 'The path is too long');
    if (this.isReserved(key)) throw new StorageError('denied', 'This name is reserved');
    return key;
  }

  /** What the keys of all that is in a directory begin with; of the directory itself, the key of its object. */
  directory(path: VirtualPath): string {
    return namesOf(path).length === 0 ? this.base : `${this.file(path)}/`;
  }

  /** Whether a key is one of ours, and no file. */
  isReserved(key: string): boolean {
    const rest = key.slice(this.#top.length);
    return rest === RESERVED || rest.startsWith(`${RESERVED}/`);
  }

  /** Whether it is what all files lie below, which is there without an object. */
  isTop(directory: string): boolean {
    return directory === this.#top;
  }

  /** Where an interrupted upload of the file of this key is kept; of the key of a directory, what those below it begin with. */
  interrupted(key: string): string {
    return `${this.#top}${RESERVED}/interrupted/${key.slice(this.#top.length)}`;
  }

  /** Of the key of an interrupted upload, that of its file. */
  interruptedFile(key: string): string {
    return this.#top + key.slice(this.interrupted(this.#top).length);
  }

  /** Where uploads say that they are under way. */
  get underWay(): string {
    return `${this.#top}${RESERVED}/under-way/`;
  }
}

/** Whether a path can have this name. */
export function isName(name: string): boolean {
  return (
    name !== '' && name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name) && encodeText(name).length <= MAX_NAME_BYTES
  );
}

/** The key of the directory that holds a file or a directory, with the `/` at its end. */
export function parentKey(key: string): string {
  return key.slice(0, key.lastIndexOf('/', key.length - 2) + 1);
}
