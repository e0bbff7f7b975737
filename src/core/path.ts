import { StorageError } from './storage-error.ts';
import { encodeText } from './text.ts';

declare const virtual: unique symbol;

/**
 * An absolute, normalised path inside an account's view of its storage: `/`, or `/` and names joined by `/`.
 * It holds no `.`, no `..`, no empty name, no NUL, CR or LF, and is never longer than the limits below.
 * Only this file makes one, so whoever holds one need not check again.
 */
export type VirtualPath = string & { readonly [virtual]: true };

/** The longest path that is accepted, in bytes: Linux's PATH_MAX. */
export const MAX_PATH_BYTES = 4096;
/** The longest single name that is accepted, in bytes: NAME_MAX of the usual file systems. */
export const MAX_NAME_BYTES = 255;

export const ROOT = '/' as VirtualPath;

/**
 * Reads a path that a person or a peer gave, relative to `cwd`. `..` stops at the root.
 * @throws StorageError `invalid-name` for a path that cannot exist: a control byte, or too long.
 */
export function resolvePath(cwd: VirtualPath, path: string): VirtualPath {
  if (/[\0\r\n]/.test(path)) throw new StorageError('invalid-name', 'The path holds a NUL, CR or LF');
  if (path.length > MAX_PATH_BYTES) throw new StorageError('invalid-name', 'The path is too long');
  const names = path.startsWith('/') ? [] : namesOf(cwd);
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue;
    if (name === '..') names.pop();
    else names.push(name);
  }
  return fromNames(names);
}

/** The path of the entry `name` of a directory. @throws StorageError `invalid-name` when `name` is not one name. */
export function joinPath(directory: VirtualPath, name: string): VirtualPath {
  if (name === '' || name === '.' || name === '..' || /[/\0\r\n]/.test(name)) {
    throw new StorageError('invalid-name', 'Not a single file name');
  }
  checkName(name);
  return checkedPath(directory === ROOT ? `/${name}` : `${directory}/${name}`);
}

/**
 * Whether a path as it was written names an entry. `''`, `/`, `.` and `a/..` name none: they only say where one is, so
 * that a variable that is empty by mistake would stand for all there is.
 */
export function namesEntry(written: string): boolean {
  const last = written.split('/').findLast((name) => name !== '');
  return last !== undefined && last !== '.' && last !== '..';
}

/** The directory that holds the entry; the root's is the root. */
export function parentOf(path: VirtualPath): VirtualPath {
  const end = path.lastIndexOf('/');
  return end <= 0 ? ROOT : (path.slice(0, end) as VirtualPath);
}

/** The last name of the path; the root's is the empty string. */
export function baseName(path: VirtualPath): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The names from the root downwards; none for the root. */
export function namesOf(path: VirtualPath): string[] {
  return path === ROOT ? [] : path.slice(1).split('/');
}

/** Whether `path` is `directory` or lies below it. */
export function isWithin(directory: VirtualPath, path: VirtualPath): boolean {
  return directory === ROOT || path === directory || path.startsWith(`${directory}/`);
}

/** The path that `path` has when `directory` is taken for the root, and back again. */
export function rebase(from: VirtualPath, to: VirtualPath, path: VirtualPath): VirtualPath {
  return fromNames([...namesOf(to), ...namesOf(path).slice(namesOf(from).length)]);
}

function fromNames(names: readonly string[]): VirtualPath {
  names.forEach(checkName);
  return checkedPath(`/${names.join('/')}`);
}

function checkName(name: string): void {
  if (!fits(name, MAX_NAME_BYTES)) throw new StorageError('invalid-name', 'A name is too long');
}

function checkedPath(path: string): VirtualPath {
  if (!fits(path, MAX_PATH_BYTES)) throw new StorageError('invalid-name', 'The path is too long');
  return path as VirtualPath;
}

/** Encodes only where that can matter: a character of a string takes three bytes at the most. */
function fits(text: string, maxBytes: number): boolean {
  return text.length * 3 <= maxBytes || encodeText(text).length <= maxBytes;
}
