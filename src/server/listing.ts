import { baseName, type Entry, type Files, joinPath, parentOf, StorageError, type VirtualPath } from '../core/index.ts';
import { compileGlob, hasWildcard, type ListArgument } from '../protocol/index.ts';
import type { UserSession } from './user-session.ts';

/** The entries that a listing command shows. They exist. Disposing the selection closes a directory that was not read to its end. */
export interface Selection<Item extends Named> extends AsyncDisposable {
  /** The directory, or the single entry. */
  readonly path: VirtualPath;
  /** In batches. They can be read once. */
  readonly entries: AsyncIterable<readonly Item[]>;
  /** Text before and after each name, so that the client can use the name in its next command (RFC 1123 section 4.1.2.7). */
  readonly prefix: string;
  readonly suffix: string;
  /** The client wants the directories below as well, and this selection has some. */
  readonly isRecursive: boolean;
}

type Named = Pick<Entry, 'name'>;

/** Reads a directory in batches, with those facts of its entries that the command needs. */
export type Reader<Item extends Named> = (
  files: Files,
  path: VirtualPath,
  signal: AbortSignal,
) => AsyncIterable<readonly Item[]>;

export const readEntries: Reader<Entry> = (files, path, signal) => files.list(path, { signal });

export const readNames: Reader<Named> = (files, path, signal) => files.list(path, { namesOnly: true, signal });

/**
 * Finds the entries that LIST, NLST and STAT show: those of a directory, one entry, or those that match a pattern in the
 * last name.
 */
export async function select<Item extends Named>(
  user: UserSession,
  given: ListArgument,
  read: Reader<Item>,
): Promise<Selection<Item | Entry>> {
  const { itself, all, recursive, path: argument } = await withoutDoubt(user, given);
  const entry = await user.stat(argument).catch((error) => absent(error, argument));
  if (!entry) return selectByPattern(user, argument, all, read);
  const path = user.resolve(argument);
  if (entry.kind === 'directory' && !itself) {
    const prefix = argument === '' || argument.endsWith('/') ? argument : `${argument}/`;
    return { ...(await selectDirectory(user, path, read, prefix)), isRecursive: recursive };
  }
  const name = lastName(argument);
  return {
    path,
    isRecursive: false,
    entries: only({ ...entry, name }),
    prefix: name === '/' ? '' : directoryPart(withoutSlash(argument)),
    suffix: '',
    async [Symbol.asyncDispose]() {},
  };
}

/** An argument that looks like options counts as a name if an entry has that name. */
async function withoutDoubt(user: UserSession, { doubtful, ...given }: ListArgument): Promise<ListArgument> {
  if (doubtful === undefined) return given;
  const isThere = await user.stat(doubtful).then(
    () => true,
    () => false,
  );
  return isThere ? { all: false, recursive: false, itself: false, long: given.long, path: doubtful } : given;
}

/** The entries of a directory. This waits for the first batch, so that a refusal comes before the data connection opens. */
export async function selectDirectory<Item extends Named>(
  { files, session }: UserSession,
  path: VirtualPath,
  read: Reader<Item>,
  prefix = '',
): Promise<Selection<Item>> {
  const iterator = read(files, path, session.signal)[Symbol.asyncIterator]();
  const entries = resumed(await iterator.next(), iterator);
  return {
    path,
    isRecursive: false,
    entries,
    prefix,
    suffix: '',
    async [Symbol.asyncDispose]() {
      // Not `entries.return`: a generator that has not started ignores it.
      await iterator.return?.();
    },
  };
}

async function selectByPattern<Item extends Named>(
  user: UserSession,
  argument: string,
  all: boolean,
  read: Reader<Item>,
): Promise<Selection<Item | Entry>> {
  const path = user.resolve(argument);
  const pattern = baseName(path);
  const isLike = compileGlob(pattern, user.session.settings.limits.maxGlobWildcards);
  // As in a shell, a pattern matches a leading dot only if it begins with one.
  const isHiddenMeant = all || /^\\?\./.test(pattern);
  const matches = ({ name }: Named): boolean => (isHiddenMeant || !name.startsWith('.')) && isLike(name);
  const prefix = directoryPart(withoutSlash(argument));
  if (!argument.endsWith('/')) {
    const selection = await selectDirectory(user, parentOf(path), read, prefix);
    return { ...selection, entries: filter(selection.entries, matches) };
  }
  const selection = await selectDirectory(user, parentOf(path), readEntries, prefix);
  const directories = filter(selection.entries, (entry) => entry.kind === 'directory' && matches(entry));
  return { ...selection, entries: directories, suffix: '/' };
}

/** A missing name may be a pattern. Any other failure is the answer. */
function absent(error: unknown, argument: string): undefined {
  if (error instanceof StorageError && error.code === 'not-found' && hasWildcard(argument)) return undefined;
  throw error;
}

/**
 * A tree in the form of `ls -lR`: each directory has a heading. Each directory is read twice, the second time to descend
 * into those below, so that the memory in use does not depend on how many there are.
 */
export async function* tree(
  user: UserSession,
  top: Selection<Entry>,
  line: (entry: Entry) => string,
): AsyncIterable<readonly string[]> {
  yield* map(top.entries, line);
  yield* branches(user, top.path, '.', line, 1);
}

async function* branches(
  user: UserSession,
  directory: VirtualPath,
  label: string,
  line: (entry: Entry) => string,
  depth: number,
): AsyncIterable<readonly string[]> {
  const { files, session } = user;
  if (depth > session.settings.limits.maxListingDepth) return;
  for await (const entries of readEntries(files, directory, session.signal)) {
    for (const { kind, name } of entries) {
      if (kind !== 'directory') continue;
      const below = joinPath(directory, name);
      yield ['', `${label}/${name}:`];
      yield* map(readEntries(files, below, session.signal), line);
      yield* branches(user, below, `${label}/${name}`, line, depth + 1);
    }
  }
}

/** Transforms each item of each batch. */
export async function* map<From, To>(
  batches: AsyncIterable<readonly From[]>,
  change: (item: From) => To,
): AsyncIterable<readonly To[]> {
  for await (const items of batches) yield items.map((item) => change(item));
}

async function* filter<Item extends Named>(
  batches: AsyncIterable<readonly Item[]>,
  matches: (item: Item) => boolean,
): AsyncIterable<readonly Item[]> {
  for await (const items of batches) yield items.filter(matches);
}

async function* only(entry: Entry): AsyncIterable<readonly Entry[]> {
  yield [entry];
}

/** All results of an iterator whose first one was already taken. */
async function* resumed<Item>(first: IteratorResult<Item>, iterator: AsyncIterator<Item>): AsyncIterable<Item> {
  for (let result = first; !result.done; result = await iterator.next()) yield result.value;
}

function withoutSlash(argument: string): string {
  let end = argument.length;
  while (argument.charAt(end - 1) === '/') end -= 1;
  return argument.slice(0, end);
}

/** The last name as the client wrote it. The current directory is a dot, as in ls. */
function lastName(argument: string): string {
  if (argument === '') return '.';
  const given = withoutSlash(argument);
  return given === '' ? '/' : given.slice(given.lastIndexOf('/') + 1);
}

function directoryPart(argument: string): string {
  return argument.slice(0, argument.lastIndexOf('/') + 1);
}
