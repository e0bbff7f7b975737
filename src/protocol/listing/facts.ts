import type { Entry, Right } from '../../core/index.ts';
import { formatMode } from '../syntax/changed-facts.ts';
import { type Syntax, SyntaxFailure } from '../syntax/syntax.ts';
import { formatTime } from '../syntax/time.ts';
import { formatPermissions } from './permissions.ts';

/** What the value of a fact may depend on, apart from the entry itself. */
export interface FactContext {
  /** Whether the account holds a right at this entry. */
  readonly allows: (right: Right) => boolean;
  /** True if the entry can't be removed or renamed, whatever rights the account holds. */
  readonly stays?: boolean;
  /** Set if the entry is the listed directory itself or its parent (RFC 3659 section 7.5.1). */
  readonly role?: 'cdir' | 'pdir';
  /** Replaces the entry's own name, because MLST shows the whole path (RFC 3659 section 7.2). */
  readonly name?: string;
}

/** Gives the value of a fact, or undefined if the entry has none. */
type Fact = (entry: Entry, context: FactContext) => string | undefined;

/** The facts that MLST and MLSD can show, in the order of their lines (RFC 3659 section 7.5). */
const FACT_TABLE = {
  type: formatType,
  size: ({ kind, size }) => (kind === 'directory' ? undefined : String(size)),
  modify: ({ modified }) => formatTime(modified),
  create: ({ created }) => created && formatTime(created),
  perm: ({ kind }, { allows, stays }) => formatPermissions(kind, allows, stays),
  unique: ({ unique }) => safeValue(unique),
  'UNIX.mode': ({ mode }) => (mode === undefined ? undefined : formatMode(mode)),
  'UNIX.owner': ({ owner }) => safeValue(owner),
  'UNIX.group': ({ group }) => safeValue(group),
} as const satisfies Record<string, Fact>;

export type FactName = keyof typeof FACT_TABLE;

/** The names of all facts. A client gets all of them until it selects some with OPTS MLST. */
export const FACTS = Object.keys(FACT_TABLE) as readonly FactName[];

const FACTS_BY_LOWER_NAME = new Map(FACTS.map((name) => [name.toLowerCase(), name]));

/**
 * The argument of OPTS MLST: the facts to show from now on, such as `type;size;`. An empty argument selects none. Case
 * does not matter, and unknown names are ignored (RFC 3659 section 7.9).
 */
export const factList: Syntax<readonly FactName[]> = {
  parse(argument) {
    if (/[^!-~]/.test(argument))
      throw new SyntaxFailure(501, 'Expected names of facts, each with a semicolon behind it');
    const asked = new Set(argument.split(';').map((name) => FACTS_BY_LOWER_NAME.get(name.toLowerCase())));
    return FACTS.filter((name) => asked.has(name));
  },
  format: (facts) => facts.map((name) => `${name};`).join(''),
};

/** Formats the line of FEAT: all facts, with a star after each one that is shown now (RFC 3659 section 7.8). */
export function formatFactsFeature(shown: readonly FactName[]): string {
  return `MLST ${FACTS.map((name) => `${name}${shown.includes(name) ? '*' : ''};`).join('')}`;
}

/**
 * Formats a line of MLSD: facts, one space, a name (RFC 3659 section 7.2). The line end is left out. MLST sends the same
 * line after a space.
 */
export function formatFacts(entry: Entry, facts: readonly FactName[], context: FactContext): string {
  let line = '';
  for (const name of facts) {
    const value = FACT_TABLE[name](entry, context);
    if (value !== undefined) line += `${name}=${value};`;
  }
  return `${line} ${context.name ?? entry.name}`;
}

/**
 * RFC 3659 has no type for links, but section 7.5.1.5 allows `OS.name=type`. Most servers write `OS.unix=slink:target`.
 */
function formatType({ kind, target }: Entry, { role }: FactContext): string {
  if (kind !== 'link') return kind === 'directory' ? (role ?? 'dir') : 'file';
  const shown = safeValue(target);
  return shown === undefined ? 'OS.unix=slink' : `OS.unix=slink:${shown}`;
}

/**
 * RFC 3659 section 7.2 has no escape for the characters that a value must not contain, such as a space or a semicolon. A
 * value that contains one is left out.
 */
function safeValue(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9,.:!@#$%^&()\-_+?/\\'"=]+$/.test(value) ? value : undefined;
}
