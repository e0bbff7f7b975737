import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { WebPage } from '../../web/index.ts';
import { PAGE_TYPES } from '../console-pages.ts';

/** `dist/web/files`: three levels above this directory in the source as in the build. */
const DIRECTORY = path.join(import.meta.dirname, '..', '..', '..', 'dist', 'web', 'files');
const HOME = 'index.html';
const NOT_BUILT =
  'The pages were not built in this installation: run "npm ci" with development tools. The API is at /api/v1 (docs/web.md).\n';

/** The files of the file browser, compressed once. Where they were not built, a page says so. */
export async function readFilePages(directory = DIRECTORY): Promise<readonly WebPage[]> {
  const names = await readdir(directory).catch((): string[] => []);
  const pages = names.map(async (name): Promise<WebPage[]> => {
    const type = PAGE_TYPES[path.extname(name)];
    if (type === undefined) return [];
    const isHome = name === HOME;
    return [pageOf(isHome ? '/' : `/${name}`, type, await readFile(path.join(directory, name)), !isHome)];
  });
  const found = (await Promise.all(pages)).flat();
  return found.length > 0 ? found : [pageOf('/', 'text/plain; charset=utf-8', Buffer.from(NOT_BUILT), false)];
}

function pageOf(urlPath: string, type: string, body: Buffer, isImmutable: boolean): WebPage {
  const gzip = gzipSync(body, { level: 9 });
  const brotli = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const page = { path: urlPath, type, body, etag, isImmutable };
  return {
    ...page,
    ...(gzip.length < body.length && { gzip }),
    ...(brotli.length < body.length && { brotli }),
  };
}
