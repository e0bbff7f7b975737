import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Document } from 'yaml';
import { z } from 'zod';
import { localError } from '../local-error.ts';
import { UsageError } from '../usage-error.ts';
import { type RemoteSettings, remoteSettings } from './settings.ts';

/** A server by a short name. */
export interface Bookmark {
  readonly url: string;
  readonly settings: RemoteSettings;
}

/** At least two characters: one alone and a colon is a drive of Windows. */
const NAME = /^[A-Za-z0-9][\w-]+$/;

const schema = z.strictObject({
  bookmarks: z
    .record(
      z.string().regex(NAME, 'a name of two or more letters, digits, - and _'),
      remoteSettings.extend({ url: z.string('an address such as ftpes://me@ftp.example/in') }),
      'bookmarks, each as "name:" with its settings indented below',
    )
    .nullish(),
});

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
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (!parsed.success) throw new UsageError(`${file}: ${describe(parsed.error)}`);
  const directory = path.dirname(file);
  return new Map(
    Object.entries(parsed.data.bookmarks ?? {}).map(([name, { url, ...settings }]) => [
      name,
      { url, settings: withPaths(settings, directory) },
    ]),
  );
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw localError(file, error);
  }
}

function describe({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (!issue) return 'not understood';
  const where = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(key)).join(', ');
    const known = where === '' ? 'bookmarks' : ['url', ...Object.keys(remoteSettings.shape)].join(', ');
    return `${where === '' ? '' : `${where}: `}unknown setting ${keys}; there are ${known}`;
  }
  const [inner] = issue.code === 'invalid_key' ? issue.issues : [];
  return `${where === '' ? '' : `${where}: `}expected ${inner?.message ?? issue.message}`;
}

function withPaths(settings: RemoteSettings, directory: string): RemoteSettings {
  const paths = (['ca', 'cert', 'key'] as const).flatMap((name) => {
    const given = settings[name];
    if (given === undefined) return [];
    return [[name, path.resolve(directory, given.replace(/^~(?=\/)/, homedir()))] as const];
  });
  return { ...settings, ...Object.fromEntries(paths) };
}
