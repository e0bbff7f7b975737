import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Document } from 'yaml';
import { localError } from '../local-error.ts';
import { UsageError } from '../usage-error.ts';
import { type RemoteSettings, readSettings, SETTING_NAMES } from './settings.ts';

/** A server by a short name. */
export interface Bookmark {
  readonly url: string;
  readonly settings: RemoteSettings;
}

/** At least two characters: one alone and a colon is a drive of Windows. */
const NAME = /^[A-Za-z0-9][\w-]+$/;

/**
 * The bookmarks of a file; none where there is no file. Relative paths in it are taken from its directory, `~/` from the
 * home directory.
 * @throws UsageError that names the file, the setting and what was expected
 */
export async function readBookmarks(file: string): Promise<ReadonlyMap<string, Bookmark>> {
  const text = await textOf(file);
  // Most have none, and need no parser for that.
  return text === '' ? new Map() : bookmarksIn(await documentOf(text, file), file);
}

/**
 * Puts a bookmark into the file, in place of one that has the name, or takes it out; all else in the file stays as it is.
 * @throws UsageError where the file would not be right then
 */
export async function writeBookmark(file: string, name: string, bookmark: Bookmark | undefined): Promise<void> {
  const document = await documentOf(await textOf(file), file);
  if (bookmark) document.setIn(['bookmarks', name], { url: bookmark.url, ...bookmark.settings });
  else document.deleteIn(['bookmarks', name]);
  bookmarksIn(document, file);
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(`${file}.new`, document.toString(), { mode: 0o600 });
    await rename(`${file}.new`, file);
  } catch (error) {
    throw localError(file, error);
  }
}

async function documentOf(text: string, file: string): Promise<Document> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) throw new UsageError(`${file}: ${error.message}`);
  return document;
}

function bookmarksIn(document: Document, file: string): ReadonlyMap<string, Bookmark> {
  const { bookmarks, ...others } = mapping(document.toJS() ?? {}, '', file);
  const [other] = Object.keys(others);
  if (other !== undefined) throw unknownSetting('', other, ['bookmarks'], file);
  const directory = path.dirname(file);
  return new Map(
    Object.entries(mapping(bookmarks ?? {}, 'bookmarks', file)).map(([name, given]) => {
      const { url, settings } = bookmarkIn(name, given, file);
      return [name, { url, settings: withPaths(settings, directory) }];
    }),
  );
}

function bookmarkIn(name: string, given: unknown, file: string): Bookmark {
  const where = `bookmarks.${name}`;
  if (!NAME.test(name)) throw mistake(where, 'a name of two or more letters, digits, - and _', file);
  const { url, ...settings } = mapping(given, where, file);
  if (typeof url !== 'string') throw mistake(`${where}.url`, 'an address such as ftpes://me@ftp.example/in', file);
  const read = readSettings(settings);
  if ('settings' in read) return { url, settings: read.settings };
  const { name: setting, expected } = read.mistake;
  if (expected === undefined) throw unknownSetting(where, setting, ['url', ...SETTING_NAMES], file);
  throw mistake(`${where}.${setting}`, expected, file);
}

function mapping(value: unknown, where: string, file: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw mistake(
    where,
    where === 'bookmarks'
      ? 'bookmarks, each as "name:" with its settings indented below'
      : 'settings, each as "key: value"',
    file,
  );
}

function mistake(where: string, expected: string, file: string): UsageError {
  return new UsageError(`${file}: ${where === '' ? '' : `${where}: `}expected ${expected}`);
}

function unknownSetting(where: string, name: string, known: readonly string[], file: string): UsageError {
  const place = where === '' ? '' : `${where}: `;
  return new UsageError(`${file}: ${place}unknown setting ${JSON.stringify(name)}; there are ${known.join(', ')}`);
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw localError(file, error);
  }
}

function withPaths(settings: RemoteSettings, directory: string): RemoteSettings {
  const paths = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const given = settings[name];
    if (given === undefined) return [];
    return [[name, path.resolve(directory, given.replace(/^~(?=\/)/, homedir()))] as const];
  });
  return { ...settings, ...Object.fromEntries(paths) };
}
