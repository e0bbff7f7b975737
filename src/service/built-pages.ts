import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EncodedPage, PageFile } from '../core/index.ts';

/** `dist/web`: two levels above this directory in the source as in the build. */
const CONSOLE = path.join(import.meta.dirname, '..', '..', 'dist', 'web');
const FILES = path.join(CONSOLE, 'files');
const HOME = 'index.html';
/** By the ending of a name. */
const PAGE_TYPES: { readonly [extension: string]: string | undefined } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const COMPRESSED = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

const FILES_NOT_BUILT =
  'The pages were not built in this installation: run "npm ci" with development tools. The API is at /api/v1 (docs/web.md).\n';

/** The files of the console, which the process that sends them can't read by itself; none where it was not built. */
export function readConsolePages(directory = CONSOLE): Promise<readonly PageFile[]> {
  return pagesIn(directory);
}

/** The files of the file browser. Where they were not built, a page says so. */
export async function readFilePages(directory = FILES): Promise<readonly PageFile[]> {
  const pages = await pagesIn(directory);
  if (pages.length > 0) return pages;
  const body = Buffer.from(FILES_NOT_BUILT);
  const plain: EncodedPage = { encoding: 'identity', body, etag: `"${hashOf(body)}"` };
  return [{ path: '/', type: 'text/plain; charset=utf-8', isImmutable: false, forms: [plain] }];
}

/** In the forms in which scripts/build-pages.ts has left them. */
async function pagesIn(directory: string): Promise<readonly PageFile[]> {
  const names = await readdir(directory).catch((): string[] => []);
  const pages = names.map(async (name): Promise<PageFile[]> => {
    const type = PAGE_TYPES[path.extname(name)];
    if (type === undefined) return [];
    const file = path.join(directory, name);
    const plain = await readFile(file);
    const hash = hashOf(plain);
    const compressed = COMPRESSED.filter(([, extension]) => names.includes(`${name}${extension}`)).map(
      async ([encoding, extension]): Promise<EncodedPage> => ({
        encoding,
        body: await readFile(`${file}${extension}`),
        etag: `"${hash}-${encoding}"`,
      }),
    );
    const forms = [
      { encoding: 'identity', body: plain, etag: `"${hash}"` },
      ...(await Promise.all(compressed)),
    ] as const;
    const isHome = name === HOME;
    return [{ path: isHome ? '/' : `/${name}`, type, isImmutable: !isHome, forms }];
  });
  return (await Promise.all(pages)).flat();
}

function hashOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22);
}
