import type { Reply } from '../reply.ts';
import { readTime } from '../syntax/time.ts';
import type { ListedEntry } from './listed-entry.ts';

/** What facts tell of an entry, whose name stands apart. */
export type ListedFacts = Omit<ListedEntry, 'name'>;

/**
 * Reads a line of MLSD: facts, one space, a name, which may begin and end with spaces (RFC 3659 section 7.2). The name
 * is as it was sent. Facts that are not known are passed over; undefined for what is no such line.
 */
export function readFactsLine(line: string): ListedEntry | undefined {
  const space = line.indexOf(' ');
  if (space === -1) return undefined;
  const facts = readFacts(line.slice(0, space));
  return facts && { name: line.slice(space + 1), ...facts };
}

/**
 * Reads the answer to MLST: one line within begins with a space and holds the facts (RFC 3659 section 7.2). The path
 * behind them is left out, since servers differ in what they write there, and whoever asked knows it.
 */
export function parseFactsReply({ code, lines }: Reply): ListedFacts | undefined {
  if (code !== 250) return undefined;
  for (const line of lines) {
    const text = line.startsWith(' ') ? line.slice(1) : line;
    const facts = text.includes('=') ? readFacts(text.split(' ', 1)[0] ?? '') : undefined;
    if (facts !== undefined) return facts;
  }
  return undefined;
}

function readFacts(text: string): ListedFacts | undefined {
  const facts = new Map<string, string>();
  for (const fact of text.split(';')) {
    if (fact === '') continue;
    const equals = fact.indexOf('=');
    if (equals === -1) return undefined;
    facts.set(fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1));
  }
  return toListed(facts);
}

/** Names of facts for one thing, the first that is there being meant; ProFTPD has names and numbers apart. */
const OWNERS = ['unix.ownername', 'unix.owner', 'unix.uid'];
const GROUPS = ['unix.groupname', 'unix.group', 'unix.gid'];

function toListed(facts: ReadonlyMap<string, string>): ListedFacts {
  const first = (names: readonly string[]) => names.map((name) => facts.get(name)).find((value) => value !== undefined);
  const type = readType(facts.get('type') ?? '');
  const size = readWhole(facts.get('size'), /^\d{1,16}$/, 10);
  const mode = readWhole(facts.get('unix.mode'), /^[0-7]{1,7}$/, 8);
  const modified = readTime(facts.get('modify') ?? '');
  const created = readTime(facts.get('create') ?? '');
  const [owner, group, unique] = [first(OWNERS), first(GROUPS), facts.get('unique')];
  const permissions = facts.get('perm')?.toLowerCase();
  return {
    ...type,
    ...(size !== undefined && { size }),
    ...(modified && { modified, modifiedPrecision: 'second' }),
    ...(created && { created }),
    ...(mode !== undefined && { mode: mode & 0o7777 }),
    ...(owner !== undefined && { owner }),
    ...(group !== undefined && { group }),
    ...(unique !== undefined && { unique }),
    ...(permissions !== undefined && { permissions }),
  };
}

/** RFC 3659 section 7.5.1, and `OS.unix=slink:target` of its section 7.5.1.5 as servers write it. */
function readType(type: string): Pick<ListedEntry, 'kind' | 'role' | 'target'> {
  const [word = ''] = type.toLowerCase().split(':', 1);
  switch (word) {
    case 'file':
      return { kind: 'file' };
    case 'dir':
      return { kind: 'directory' };
    case 'cdir':
    case 'pdir':
      return { kind: 'directory', role: word };
    case 'os.unix=slink':
    case 'os.unix=symlink': {
      const target = type.slice(word.length + 1);
      return { kind: 'link', ...(target !== '' && { target }) };
    }
    default:
      return { kind: 'other' };
  }
}

function readWhole(digits: string | undefined, form: RegExp, radix: number): number | undefined {
  if (digits === undefined || !form.test(digits)) return undefined;
  const value = Number.parseInt(digits, radix);
  return Number.isSafeInteger(value) ? value : undefined;
}
