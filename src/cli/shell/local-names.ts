import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { compileGlob, hasWildcard } from '../../protocol/index.ts';
import { localError } from '../local-error.ts';
import type { KnownName } from './completion.ts';
import type { ShellWord } from './words.ts';

/** Far more than anyone writes. */
const MAX_WILDCARDS = 64;

/** The names of a directory of this machine, in their order. @throws LocalError */
export async function localNames(directory: string): Promise<readonly KnownName[]> {
  try {
    const entries = await readdir(directory || '.', { withFileTypes: true });
    const names = entries.map(async (entry) => ({
      name: entry.name,
      kind: (await isDirectory(entry)) ? ('directory' as const) : ('file' as const),
    }));
    return (await Promise.all(names)).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (error) {
    throw localError(directory || '.', error);
  }
}

/**
 * The local files that a word stands for: itself, or where its last name is a pattern those that match it. Where nothing
 * matches it is taken for a name, as shells do.
 * @throws LocalError
 */
export async function localFiles({ text, pattern }: Pick<ShellWord, 'text' | 'pattern'>): Promise<readonly string[]> {
  const namePattern = pattern.slice(pattern.lastIndexOf('/') + 1);
  if (!hasWildcard(namePattern)) return [text];
  const directory = text.slice(0, text.lastIndexOf('/') + 1);
  const isMatch = compileGlob(namePattern, MAX_WILDCARDS);
  const names = (await localNames(directory)).filter(
    ({ name, kind }) => kind === 'file' && isMatch(name) && (namePattern.startsWith('.') || !name.startsWith('.')),
  );
  return names.length === 0 ? [text] : names.map(({ name }) => directory + name);
}

/** A link is what it leads to. */
async function isDirectory(entry: Dirent): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  const found = await stat(path.join(entry.parentPath, entry.name)).catch(() => undefined);
  return found?.isDirectory() === true;
}
