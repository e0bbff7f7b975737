import { compileGlob, matchesStarPattern, STAR } from '../../protocol/index.ts';

/** More in one name, or in the names of a pattern, are a mistake. */
const MAX_WILDCARDS = 16;

/**
 * A test for whole paths: `*`, `?` and `[a-z]` stay within a name, `**` stands for any number of directories. Its time grows
 * with the length of the path and that of the pattern only. @throws SyntaxFailure for a pattern that can't be read
 */
export function compilePathPattern(pattern: string): (path: string) => boolean {
  const parts = pattern.split('/').slice(1);
  const names = parts.map((part) => (part === '**' ? STAR : compileGlob(part, MAX_WILDCARDS)));
  return (path) => matchesStarPattern(names, path.split('/').slice(1));
}

/** A test for the last name of a path. Upper and lower case are one: clients do not agree on it. */
export function compileNamePatterns(patterns: readonly string[]): (path: string) => boolean {
  const tests = patterns.map((pattern) => compileGlob(pattern.toLowerCase(), MAX_WILDCARDS));
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    return tests.some((fits) => fits(name));
  };
}
