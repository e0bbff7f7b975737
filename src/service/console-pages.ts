import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { PageFile } from './admin/messages.ts';

/** `dist/web`: two levels above this directory in the source as in the build. */
const DIRECTORY = path.join(import.meta.dirname, '..', '..', 'dist', 'web');
const HOME = 'index.html';
const TYPES: { readonly [extension: string]: string | undefined } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The files of the console, which the process that sends them can't read by itself; none where it was not built. */
export async function readPages(directory = DIRECTORY): Promise<readonly PageFile[]> {
  const names = await readdir(directory).catch((): string[] => []);
  const pages = names.map(async (name): Promise<PageFile[]> => {
    const type = TYPES[path.extname(name)];
    if (type === undefined) return [];
    const body = await readFile(path.join(directory, name), 'utf8');
    const isHome = name === HOME;
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
    return [{ path: isHome ? '/' : `/${name}`, type, body, etag, isImmutable: !isHome }];
  });
  return (await Promise.all(pages)).flat();
}
