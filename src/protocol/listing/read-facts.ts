import type { Reply } from '../reply.ts';
import { readTime } from '../syntax/time.ts';
import type { ListedEntry } from './listed-entry.ts';
import { readCount } from './words.ts';

/** What the facts say about an entry. Its name is not one of them. */
export type ListedFacts = Omit<ListedEntry, 'name'>;

/**
 * Reads a line of MLSD: facts, one space, a name (RFC 3659 section 7.2). The name may begin and end with spaces, and is not
 * checked. Unknown facts are ignored. Returns undefined if the line has another form.
 */
export function readFactsLine(line: string): ListedEntry | undefined {
  // RFC 3659 demands a space, but some servers send a tab.
  const space = line.search(/[ \t]/);
  if (space === -1) return undefined;
  const facts = readFacts(line.slice(0, space));
  return facts && { name: line.slice(space + 1), ...facts };
}

/**
 * Reads the answer to MLST, in which a line that begins with a space holds the facts (RFC 3659 section 7.2). Servers
 * disagree on the path after the facts, and the caller knows the path, so it is ignored.
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

/** The facts that have been read so far. */
type Draft = { -readonly [name in keyof ListedFacts]: ListedFacts[name] };

/** Stores the value of each fact, by its name in lower case. An invalid value is ignored. */
const READERS = new Map(
  Object.entries<(draft: Draft, value: string) => void>({
    type: readType,
    size(draft, value) {
      const size = readCount(value);
      if (size !== undefined) draft.size = size;
    },
    modify(draft, value) {
      const time = readTime(value);
      if (time === undefined) return;
      draft.modified = time;
      draft.modifiedPrecision = 'second';
    },
    create(draft, value) {
      const time = readTime(value);
      if (time !== undefined) draft.created = time;
    },
    perm(draft, value) {
      draft.permissions = value.toLowerCase();
    },
    unique(draft, value) {
      draft.unique = value;
    },
    'unix.mode'(draft, value) {
      if (/^[0-7]{1,7}$/.test(value)) draft.mode = Number.parseInt(value, 8) & 0o7777;
    },
    'unix.owner'(draft, value) {
      draft.owner ??= value;
    },
    'unix.group'(draft, value) {
      draft.group ??= value;
    },
    // ProFTPD sends numbers as owner and group, and the names as further facts.
    'unix.ownername'(draft, value) {
      draft.owner = value;
    },
    'unix.groupname'(draft, value) {
      draft.group = value;
    },
  }),
);

function readFacts(text: string): ListedFacts | undefined {
  const draft: Draft = { kind: 'other' };
  for (const fact of text.split(';')) {
    if (fact === '') continue;
    const equals = fact.indexOf('=');
    if (equals === -1) return undefined;
    READERS.get(fact.slice(0, equals).toLowerCase())?.(draft, fact.slice(equals + 1));
  }
  return draft;
}

/** Reads the types of RFC 3659 section 7.5.1, and `OS.unix=slink:target`, which servers write by its section 7.5.1.5. */
function readType(draft: Draft, type: string): void {
  const [word = ''] = type.toLowerCase().split(':', 1);
  switch (word) {
    case 'file':
      draft.kind = 'file';
      return;
    case 'dir':
      draft.kind = 'directory';
      return;
    case 'cdir':
    case 'pdir':
      draft.kind = 'directory';
      draft.role = word;
      return;
    case 'os.unix=slink':
    case 'os.unix=symlink': {
      draft.kind = 'link';
      const target = type.slice(word.length + 1);
      if (target !== '') draft.target = target;
    }
  }
}
