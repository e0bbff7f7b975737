import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ODD_NAMES } from '../sample-files.ts';
import type { ServerName } from './cells.ts';

const NAMES: readonly string[] = [
  ...ODD_NAMES,
  ' ',
  '  two spaces first',
  '-rf',
  '--',
  '*',
  '...',
  '..dots',
  '%00',
  'a -> b',
  'total 5',
  '01-01-98 12:00AM',
  'e\u0301',
  '\u00a0',
  'x'.repeat(255),
  '🗂️'.repeat(30),
];

/** Fewer: pure-ftpd needs 45 ms for each listing. */
const DIRECTORY_NAMES: readonly string[] = [
  'with space',
  ' space first',
  'quote"d',
  '[brackets]',
  '-rf',
  '*',
  'back\\slash',
  'a -> b',
  'grüße',
  'emoji 🗂️',
  '.hidden',
];

interface Exception {
  readonly reason: string;
  readonly isMeant: (name: string) => boolean;
}

/** Names that a server can't hold. */
const FILE_EXCEPTIONS: { readonly [server in ServerName]?: readonly Exception[] } = {
  'pure-ftpd': [
    { reason: 'pure-ftpd 1.0.50 prohibits names with a backslash', isMeant: (name) => name.includes('\\') },
    { reason: 'pure-ftpd 1.0.50 cuts spaces off the end of a name', isMeant: (name) => name.endsWith(' ') },
  ],
};
const DIRECTORY_EXCEPTIONS: typeof FILE_EXCEPTIONS = {
  ...FILE_EXCEPTIONS,
  proftpd: [{ reason: 'proftpd 1.3.8 makes no directory with a * in its name', isMeant: (name) => name.includes('*') }],
};

/** A thousand small files, some in directories of odd names, of the last days and of long ago. */
export async function plantTree(root: string, server: ServerName): Promise<void> {
  const files = NAMES.filter(without(FILE_EXCEPTIONS[server])).map((name) => `odd/${name}`);
  const deep = DIRECTORY_NAMES.filter(without(DIRECTORY_EXCEPTIONS[server])).map(
    (name) => `directories/${name}/${name}`,
  );
  const odd = [...files, ...deep];
  const plain = Array.from({ length: 1000 - odd.length }, (_, index) => `plain/${index % 5}/file ${index}`);
  for (const [index, path] of [...odd, ...plain].entries()) {
    await plantFile(join(root, path), path.repeat(index % 30), new Date(Date.now() - 1000 * 2 ** (index % 30)));
  }
}

export async function plantFile(path: string, content: string, time: Date): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  await utimes(path, time, time);
}

function without(exceptions: readonly Exception[] = []): (name: string) => boolean {
  return (name) => !exceptions.some(({ isMeant }) => isMeant(name));
}
