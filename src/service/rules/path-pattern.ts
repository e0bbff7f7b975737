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

/**
 * Whether a directory that is moved to a path may bring files there that a pattern fits now, and did not before. A pattern
 * such as `/**\/*.exe`, which fits a name at every depth, does not care where its directory is.
 */
export function compileBelow(pattern: string): (directory: string) => boolean {
  const parts = pattern.split('/').slice(1);
  if (parts[0] === '**' && parts.length <= 2) return () => false;
  const names = parts.map((part) => (part === '**' ? STAR : compileGlob(part, MAX_WILDCARDS)));
  return (directory) => {
    // The places in the pattern that may be next.
    let places = reached(new Set([0]), names);
    for (const name of directory.split('/').slice(1)) {
      if (name === '') continue;
      const next = new Set<number>();
      for (const place of places) {
        const part = names[place];
        if (part === STAR) next.add(place);
        else if (part?.(name)) next.add(place + 1);
      }
      places = reached(next, names);
    }
    return [...places].some((place) => place < names.length);
  };
}

/** A star stands for no directory, too. */
function reached(places: ReadonlySet<number>, names: readonly unknown[]): ReadonlySet<number> {
  const all = new Set(places);
  // A set is walked with what is put into it meanwhile.
  for (const place of all) if (names[place] === STAR) all.add(place + 1);
  return all;
}
