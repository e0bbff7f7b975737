import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Lengths at which transfers differ: nothing, one byte, some TLS records, many reads. */
export const SIZES: { readonly [name: string]: number } = { empty: 0, byte: 1, some: 200_000, many: 3_000_000 };

/** Names that clients and servers like to trip over. */
export const ODD_NAMES = [
  'with space',
  ' leading space',
  'trailing space ',
  'quote"d',
  "apostrophe's",
  '[brackets]',
  '{braces}',
  '-leading-dash',
  '#hash',
  '100%25 percent',
  'star*',
  'question?',
  'back\\slash',
  'semi;colon',
  'dollar$HOME',
  'grüße',
  '你好 мир',
  'emoji 🗂️',
  '.hidden',
  'a+b=c&d,e@f',
  '~tilde',
] as const;

/** Writes `names` below `directory`, each file with bytes of its own. */
export async function writeFiles(directory: string, sizes: { readonly [name: string]: number }): Promise<void> {
  for (const [name, size] of Object.entries(sizes)) {
    const path = join(directory, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, randomBytes(size));
  }
}

/** SHA-256 of every file below `directory`, by its path there. */
export async function digestsOf(directory: string): Promise<{ readonly [path: string]: string }> {
  const found: [string, string][] = [];
  for await (const path of filesBelow(Buffer.from(directory))) {
    found.push([path.toString().slice(directory.length + 1), await digestOf(path)]);
  }
  return Object.fromEntries(found);
}

export async function digestOf(path: string | Buffer): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
}

/** As bytes: a name need not be UTF-8. */
async function* filesBelow(directory: Buffer): AsyncGenerator<Buffer> {
  for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
    const path = Buffer.concat([directory, Buffer.from('/'), entry.name]);
    if (entry.isDirectory()) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}
