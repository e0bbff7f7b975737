import { matchesStarPattern, STAR } from './star-pattern.ts';
import { SyntaxFailure } from './syntax/syntax.ts';

/** Longest pattern that is accepted, in UTF-16 units: several times the longest name. */
const MAX_PATTERN_LENGTH = 1024;

/** Whether a name must be read as a pattern. */
export function hasWildcard(name: string): boolean {
  return /[*?[]/.test(name);
}

/**
 * Compiles a pattern for one name. `*` matches any characters, `?` one character, `[a-z]` one of a set, and `[!a-z]` one
 * outside the set. A `\` makes the next character literal, and a `[` without `]` is literal. A pattern applies to the last
 * name of a path only, so it never walks through directories. Matching takes at most (length of the name) x (length of the
 * pattern) steps.
 * @throws SyntaxFailure 501 for more than `maxWildcards` wildcards.
 */
export function compileGlob(pattern: string, maxWildcards: number): (name: string) => boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) throw new SyntaxFailure(501, 'The pattern is too long');
  const tokens = parseGlob(Array.from(pattern));
  const wildcards = tokens.filter((token) => token === STAR || token.kind !== 'character').length;
  if (wildcards > maxWildcards) throw new SyntaxFailure(501, `At most ${maxWildcards} wildcards in a pattern`);
  const tests = tokens.map((token) => (token === STAR ? STAR : testOf(token)));
  const leastLength = tests.filter((test) => test !== STAR).length;
  return (name) => {
    const characters = Array.from(name);
    return characters.length >= leastLength && matchesStarPattern(tests, characters);
  };
}

type Token = typeof STAR | OneCharacter;
type OneCharacter =
  | { readonly kind: 'any' }
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly Range[] };

/** A range of characters, both ends included. */
type Range = readonly [from: string, to: string];

function parseGlob(characters: readonly string[]): Token[] {
  const tokens: Token[] = [];
  // Behind the last `]`, no `[` can open a set. This keeps `[[[[...` linear.
  const lastClose = characters.lastIndexOf(']');
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
      continue;
    }
    if (character === '?') {
      tokens.push({ kind: 'any' });
      continue;
    }
    const set = character === '[' && index < lastClose ? parseSet(characters, index) : undefined;
    if (set !== undefined) {
      tokens.push(set.token);
      index = set.end;
      continue;
    }
    if (character === '\\' && index + 1 < characters.length) index += 1;
    tokens.push({ kind: 'character', character: characters[index] ?? '' });
  }
  return tokens;
}

/** The set that begins at `[`. `end` is the index of its `]`. A `]` at the beginning belongs to the set. */
function parseSet(characters: readonly string[], open: number): { token: Token; end: number } | undefined {
  const mark = characters[open + 1];
  const negated = mark === '!' || mark === '^';
  const first = open + (negated ? 2 : 1);
  const end = characters.indexOf(']', first + 1);
  if (end === -1) return undefined;
  const ranges: Range[] = [];
  for (let index = first; index < end; index += 1) {
    const from = characters[index] ?? '';
    const isRange = characters[index + 1] === '-' && index + 2 < end;
    ranges.push([from, isRange ? (characters[index + 2] ?? '') : from]);
    if (isRange) index += 2;
  }
  return { token: { kind: 'set', negated, ranges }, end };
}

function testOf(token: OneCharacter): (character: string) => boolean {
  if (token.kind === 'any') return () => true;
  if (token.kind === 'character') return (character) => character === token.character;
  const { negated, ranges } = token;
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated;
}
