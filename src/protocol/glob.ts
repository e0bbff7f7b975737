import { SyntaxFailure } from './syntax/syntax.ts';

/** Longest pattern that is accepted, in UTF-16 units: several times the longest name. */
const MAX_PATTERN_LENGTH = 1024;

/** Whether a name must be read as a pattern. */
export function hasWildcard(name: string): boolean {
  return /[*?[]/.test(name);
}

/**
 * Reads a pattern for one name: `*` any characters, `?` one, `[a-z]` one of a set, `[!a-z]` one not in it, `\` takes
 * the next as it is; a `[` without its `]` stands for itself. It applies to the last name of a path only, so a pattern
 * never walks through directories. Matching takes at most (length of the name) x (length of the pattern) steps.
 * @throws SyntaxFailure 501 for more than `maxWildcards` wildcards.
 */
export function compileGlob(pattern: string, maxWildcards: number): (name: string) => boolean {
  if (pattern.length > MAX_PATTERN_LENGTH) throw new SyntaxFailure(501, 'The pattern is too long');
  const tokens = parseGlob(Array.from(pattern));
  const wildcards = tokens.filter((token) => token.kind !== 'character').length;
  if (wildcards > maxWildcards) throw new SyntaxFailure(501, `At most ${maxWildcards} wildcards in a pattern`);
  const leastLength = tokens.filter((token) => token.kind !== 'star').length;
  return (name) => {
    const characters = Array.from(name);
    return characters.length >= leastLength && matches(tokens, characters);
  };
}

type Token =
  | { readonly kind: 'star' }
  | { readonly kind: 'any' }
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly Range[] };

/** Both ends belong to it. */
type Range = readonly [from: string, to: string];

function parseGlob(characters: readonly string[]): Token[] {
  const tokens: Token[] = [];
  // Without a `]` at or behind this place no `[` can open a set: keeps `[[[[...` linear.
  const lastClose = characters.lastIndexOf(']');
  for (let index = 0; index < characters.length; index += 1) {
    const character = characters[index] ?? '';
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
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

/** The set that begins at `[`; `end` is the place of its `]`. A `]` that comes first belongs to the set. */
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

/** On a mismatch only the last star takes one character more: what earlier stars took need never change. */
function matches(tokens: readonly Token[], name: readonly string[]): boolean {
  let token = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < name.length) {
    const current = tokens[token];
    if (current?.kind === 'star') {
      star = token;
      starPosition = position;
      token += 1;
    } else if (current !== undefined && matchesOne(current, name[position] ?? '')) {
      token += 1;
      position += 1;
    } else if (star !== -1) {
      starPosition += 1;
      position = starPosition;
      token = star + 1;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === 'star') token += 1;
  return token === tokens.length;
}

function matchesOne(token: Exclude<Token, { kind: 'star' }>, character: string): boolean {
  if (token.kind === 'any') return true;
  if (token.kind === 'character') return token.character === character;
  return token.ranges.some(([from, to]) => from <= character && character <= to) !== token.negated;
}
