import type { Entry, Right } from '../../core/index.ts';
import { formatMode } from '../syntax/changed-facts.ts';
import { type Syntax, SyntaxFailure } from '../syntax/syntax.ts';
import { formatTime } from '../syntax/time.ts';
import { formatPermissions } from './permissions.ts';

/** What a fact may depend on beside the entry itself. */
export interface FactContext {
  /** Whether the account holds a right at this entry. */
  readonly allows: (right: Right) => boolean;
  /** The entry can't be removed or renamed, whatever the rights. */
  readonly stays?: boolean;
  /** The entry is the directory that is listed, or the one above it (RFC 3659 section 7.5.1). */
  readonly role?: 'cdir' | 'pdir';
  /** Written in place of the entry's own name: MLST shows the whole path (RFC 3659 section 7.2). */
  readonly name?: string;
}

/** The value of a fact, undefined where this entry has none. */
type Fact = (entry: Entry, context: FactContext) => string | undefined;

/** Every fact that MLST and MLSD can show, in the order in which they show it (RFC 3659 section 7.5). */
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

/** The names of all facts; a client that has chosen none gets all of them. */
export const FACTS = Object.keys(FACT_TABLE) as readonly FactName[];

const FACTS_BY_LOWER_NAME = new Map(FACTS.map((name) => [name.toLowerCase(), name]));

/**
 * OPTS MLST: the facts to show from now on, `type;size;`, or nothing for none of them. Names are known in any case, and
 * those that are not known are passed over (RFC 3659 section 7.9).
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

/** The line of FEAT: all facts, a star behind those that are shown now (RFC 3659 section 7.8). */
export function formatFactsFeature(shown: readonly FactName[]): string {
  return `MLST ${FACTS.map((name) => `${name}${shown.includes(name) ? '*' : ''};`).join('')}`;
}

/** One line of MLSD, or, behind a space, of MLST: facts, one space, a name (RFC 3659 section 7.2). Without line end. */
export function formatFacts(entry: Entry, facts: readonly FactName[], context: FactContext): string {
  let line = '';
  for (const name of facts) {
    const value = FACT_TABLE[name](entry, context);
    if (value !== undefined) line += `${name}=${value};`;
  }
  return `${line} ${context.name ?? entry.name}`;
}

/**
 * A link is no type of RFC 3659; section 7.5.1.5 leaves `OS.name=type` for such, and `OS.unix=slink:target` is usual.
 */
function formatType({ kind, target }: Entry, { role }: FactContext): string {
  if (kind !== 'link') return kind === 'directory' ? (role ?? 'dir') : 'file';
  const shown = safeValue(target);
  return shown === undefined ? 'OS.unix=slink' : `OS.unix=slink:${shown}`;
}

/** RFC 3659 section 7.2 has no way to write a space, a semicolon and the like in a value: such a one is left out. */
function safeValue(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9,.:!@#$%^&()\-_+?/\\'"=]+$/.test(value) ? value : undefined;
}
