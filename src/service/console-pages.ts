import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { EncodedPage, PageFile } from './admin/messages.ts';

/** `dist/web`: two levels above this directory in the source as in the build. */
const DIRECTORY = path.join(import.meta.dirname, '..', '..', 'dist', 'web');
const HOME = 'index.html';
/** By the ending of a name. */
export const PAGE_TYPES: { readonly [extension: string]: string | undefined } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const COMPRESSED = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** The files of the console, which the process that sends them can't read by itself; none where it was not built. */
export async function readPages(directory = DIRECTORY): Promise<readonly PageFile[]> {
  const names = await readdir(directory).catch((): string[] => []);
  const pages = names.map(async (name): Promise<PageFile[]> => {
    const type = PAGE_TYPES[path.extname(name)];
    if (type === undefined) return [];
    const file = path.join(directory, name);
    const plain = await readFile(file);
    const hash = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
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
