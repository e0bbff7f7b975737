import { namesOf, type VirtualPath } from '../../core/index.ts';
import { compileGlob, matchesStarPattern, STAR } from '../../protocol/index.ts';
import { ClientError } from '../errors.ts';

/** Far more than anyone writes; matching takes (wildcards x length) steps at the most. */
const maxWildcards = 64;

/**
 * Whether an entry takes part. `through`: a directory that does not itself, while something in it may.
 */
export type FilterVerdict = 'in' | 'through' | 'out';

/** The patterns of a plan. Entries are judged from the top down: what holds for a directory holds below it. */
export class Filter {
  /** Of the directory that all paths start from. */
  readonly top: FilterVerdict;
  readonly #include: readonly PathTest[];
  readonly #exclude: readonly PathTest[];

  /** @throws ClientError `invalid-argument` for a pattern that can't be read. */
  constructor(include: readonly string[] = [], exclude: readonly string[] = []) {
    this.top = include.length > 0 ? 'through' : 'in';
    this.#include = include.map(compilePattern);
    this.#exclude = exclude.map(compilePattern);
  }

  /** @param above the verdict on its directory. */
  judge(above: FilterVerdict, path: VirtualPath, isDirectory: boolean): FilterVerdict {
    return this.#judge(above, namesOf(path), isDirectory);
  }

  /** The same of something in `directory` that has a name which can be in no path. */
  judgeName(above: FilterVerdict, directory: VirtualPath, name: string, isDirectory: boolean): FilterVerdict {
    return this.#judge(above, [...namesOf(directory), name], isDirectory);
  }

  #judge(above: FilterVerdict, names: readonly string[], isDirectory: boolean): FilterVerdict {
    if (above === 'out' || this.#exclude.some((matches) => matches(names, isDirectory))) return 'out';
    if (above === 'in' || this.#include.some((matches) => matches(names, isDirectory))) return 'in';
    return isDirectory ? 'through' : 'out';
  }
}

/** Of the names of a path, from the top down. */
type PathTest = (names: readonly string[], isDirectory: boolean) => boolean;
type NameTest = (name: string) => boolean;

function compilePattern(pattern: string): PathTest {
  const directoriesOnly = pattern.endsWith('/');
  const body = directoriesOnly ? pattern.slice(0, -1) : pattern;
  const parts = body.split('/').filter((part) => part !== '');
  if (parts.length === 0) throw unreadable(pattern);
  // What is in a directory, not the directory itself.
  if (parts.length > 1 && parts.at(-1) === '**') parts.push('*');
  const tests = parts.map((part) => (part === '**' ? STAR : compileName(part, pattern)));
  const [only] = tests;
  if (!body.includes('/') && typeof only === 'function') {
    return (names, isDirectory) => (isDirectory || !directoriesOnly) && only(names.at(-1) ?? '');
  }
  return (names, isDirectory) => (isDirectory || !directoriesOnly) && matchesStarPattern(tests, names);
}

function compileName(part: string, pattern: string): NameTest {
  try {
    return compileGlob(part, maxWildcards);
  } catch (cause) {
    throw unreadable(pattern, cause);
  }
}

function unreadable(pattern: string, cause?: unknown): ClientError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new ClientError('invalid-argument', `The pattern ${JSON.stringify(pattern)} can't be used${why}`, {
    phase: 'prepare',
    cause,
  });
}
