import { parseTarget, type Target } from '../../client/index.ts';
import { UsageError } from '../usage-error.ts';
import type { Bookmark } from './bookmarks.ts';
import type { RemoteSettings } from './settings.ts';

/** A file or directory on a server. */
export interface RemoteLocation {
  /** The URL's, or the bookmark's. */
  readonly target: Target;
  /** Relative to the directory of the login, or absolute; empty: that directory. */
  readonly path: string;
  /** What the user wrote of the path: the bookmark's own directory is not in it. */
  readonly written: string;
  /** The path as a pattern, where it is another one: `\\` before what stands for itself. */
  readonly pattern?: string;
  /** What paths beside it are relative to: the directory of the bookmark, or of the login. */
  readonly base: string;
  /** Of the bookmark. */
  readonly settings: RemoteSettings;
}

/** Tells locations of one login from those of another. */
export function serverKey({ target, settings }: RemoteLocation): string {
  return JSON.stringify([{ ...target, path: undefined }, settings]);
}

/** Whether the word names a location on a server: a URL, or `bookmark:path`. A local file with a colon is `./a:b`. */
export function isRemote(word: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(word) || bookmarkPattern.test(word);
}

/** @throws UsageError for a bookmark that is not there; ClientError for a URL that can't be one */
export function locationOf(word: string, bookmarks: ReadonlyMap<string, Bookmark>): RemoteLocation {
  if (word.includes('://')) {
    const target = parseTarget(word);
    return { target, path: target.path, written: target.path, base: '', settings: {} };
  }
  const [, name = '', below = ''] = bookmarkPattern.exec(word) ?? [];
  if (name === '') throw new UsageError(`${JSON.stringify(word)} is no URL. Write ftpes://user@host/path`);
  const bookmark = bookmarks.get(name);
  if (!bookmark) throw new UsageError(`There is no bookmark ${name}; "lockport bookmark list" shows them`);
  const target = parseTarget(bookmark.url);
  const { settings } = bookmark;
  return { target, path: pathFrom(target.path, below), written: below, base: target.path, settings };
}

/** Whether the path is written as that of a directory. */
export function isDirectoryPath(path: string): boolean {
  return path === '' || path.endsWith('/');
}

const bookmarkPattern = /^([A-Za-z0-9][\w-]+):(.*)$/s;

/** The path, which begins at `base` unless it is absolute. */
export function pathFrom(base: string, path: string): string {
  if (path.startsWith('/') || base === '') return path;
  return path === '' ? base : `${base.replace(/\/$/, '')}/${path}`;
}
