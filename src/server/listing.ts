import { baseName, type Entry, joinPath, parentOf, StorageError, type VirtualPath } from '../core/index.ts';
import { compileGlob, hasWildcard, type ListArgument } from '../protocol/index.ts';
import type { Member } from './member.ts';

/** What a listing command was asked for, found to exist. Disposing it lets go of a directory that was not read to its end. */
export interface Selection extends AsyncDisposable {
  /** The directory, or the single entry. */
  readonly path: VirtualPath;
  /** The entries are all those of the directory, so that one can go down into it. */
  readonly isWhole: boolean;
  /** To be read once. */
  readonly entries: AsyncIterable<Entry>;
  /** What stands before each name so that it can be an argument of the next command (RFC 1123 section 4.1.2.7). */
  readonly prefix: string;
}

/**
 * Finds what LIST, NLST and STAT are asked to show: a directory's entries, one entry, or those that a pattern in the
 * last name matches.
 */
export async function select(member: Member, { itself, path: argument }: ListArgument): Promise<Selection> {
  const path = member.resolve(argument);
  const entry = await member.storage.stat(path, member.session.signal).catch((error) => absent(error, argument));
  if (!entry) return selectByPattern(member, argument, path);
  if (entry.kind === 'directory' && !itself) {
    return selectDirectory(member, path, argument === '' || argument.endsWith('/') ? argument : `${argument}/`);
  }
  return {
    path,
    isWhole: false,
    entries: only(entry),
    prefix: directoryPart(argument),
    async [Symbol.asyncDispose]() {},
  };
}

/** The entries of a directory. The first one is awaited here, so that a refusal comes before the data connection opens. */
export async function selectDirectory(
  { storage, session }: Member,
  path: VirtualPath,
  prefix = '',
): Promise<Selection> {
  const iterator = storage.list(path, session.signal)[Symbol.asyncIterator]();
  const entries = resumed(await iterator.next(), iterator);
  return {
    path,
    isWhole: true,
    entries,
    prefix,
    async [Symbol.asyncDispose]() {
      // Not that of `entries`: a generator that has not begun does nothing when it is ended.
      await iterator.return?.();
    },
  };
}

async function selectByPattern(member: Member, argument: string, path: VirtualPath): Promise<Selection> {
  const matches = compileGlob(baseName(path), member.session.settings.limits.maxGlobWildcards);
  const selection = await selectDirectory(member, parentOf(path), directoryPart(argument));
  return { ...selection, isWhole: false, entries: filter(selection.entries, matches) };
}

/** A name that is not there may be a pattern; anything else is the answer. */
function absent(error: unknown, argument: string): undefined {
  if (error instanceof StorageError && error.code === 'not-found' && hasWildcard(argument)) return undefined;
  throw error;
}

/**
 * A tree as `ls -lR` shows it: each directory under a heading. A directory is read a second time to go down into it,
 * so that memory stays bounded however many directories it holds.
 */
export async function* tree(member: Member, top: Selection, line: (entry: Entry) => string): AsyncIterable<string> {
  yield* map(top.entries, line);
  yield* branches(member, top.path, '.', line, 1);
}

async function* branches(
  member: Member,
  directory: VirtualPath,
  label: string,
  line: (entry: Entry) => string,
  depth: number,
): AsyncIterable<string> {
  const { storage, session } = member;
  if (depth > session.settings.limits.maxListingDepth) return;
  for await (const { kind, name } of storage.list(directory, session.signal)) {
    if (kind !== 'directory') continue;
    const below = joinPath(directory, name);
    yield '';
    yield `${label}/${name}:`;
    yield* map(storage.list(below, session.signal), line);
    yield* branches(member, below, `${label}/${name}`, line, depth + 1);
  }
}

export async function* map<From, To>(items: AsyncIterable<From>, change: (item: From) => To): AsyncIterable<To> {
  for await (const item of items) yield change(item);
}

async function* filter(entries: AsyncIterable<Entry>, matches: (name: string) => boolean): AsyncIterable<Entry> {
  for await (const entry of entries) if (matches(entry.name)) yield entry;
}

async function* only(entry: Entry): AsyncIterable<Entry> {
  yield entry;
}

/** The rest of an iterator whose first result was taken. No generator: that would cost two promises more an entry. */
function resumed(first: IteratorResult<Entry>, iterator: AsyncIterator<Entry>): AsyncIterable<Entry> {
  let taken: IteratorResult<Entry> | undefined = first;
  const next = (): Promise<IteratorResult<Entry>> => {
    const result = taken === undefined ? iterator.next() : Promise.resolve(taken);
    taken = undefined;
    return result;
  };
  return { [Symbol.asyncIterator]: () => ({ next }) };
}

function directoryPart(argument: string): string {
  return argument.slice(0, argument.lastIndexOf('/') + 1);
}
