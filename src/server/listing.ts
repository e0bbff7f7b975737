import { baseName, type Entry, type Files, joinPath, parentOf, StorageError, type VirtualPath } from '../core/index.ts';
import { compileGlob, hasWildcard, type ListArgument } from '../protocol/index.ts';
import type { UserSession } from './user-session.ts';

/** What a listing command was asked for, found to exist. Disposing it lets go of a directory that was not read to its end. */
export interface Selection<Item extends Named> extends AsyncDisposable {
  /** The directory, or the single entry. */
  readonly path: VirtualPath;
  /** In batches; to be read once. */
  readonly entries: AsyncIterable<readonly Item[]>;
  /** What stands before and behind each name so that it can be an argument of the next command (RFC 1123 section 4.1.2.7). */
  readonly prefix: string;
  readonly suffix: string;
  /** What lies below is wanted as well, and can be had. */
  readonly isRecursive: boolean;
}

type Named = Pick<Entry, 'name'>;

/** Reads a directory in batches: what of its entries a command needs. */
export type Reader<Item extends Named> = (
  files: Files,
  path: VirtualPath,
  signal: AbortSignal,
) => AsyncIterable<readonly Item[]>;

export const readEntries: Reader<Entry> = (files, path, signal) => files.list(path, { signal });

export const readNames: Reader<Named> = (files, path, signal) => files.list(path, { namesOnly: true, signal });

/**
 * Finds what LIST, NLST and STAT are asked to show: a directory's entries, one entry, or those that a pattern in the
 * last name matches.
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

/** A name that looks like options is taken for the name, where there is one. */
async function withoutDoubt(user: UserSession, { doubtful, ...given }: ListArgument): Promise<ListArgument> {
  if (doubtful === undefined) return given;
  const isThere = await user.stat(doubtful).then(
    () => true,
    () => false,
  );
  return isThere ? { all: false, recursive: false, itself: false, long: given.long, path: doubtful } : given;
}

/** The entries of a directory. The first ones are awaited here, so that a refusal comes before the data connection opens. */
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
      // Not that of `entries`: a generator that has not begun does nothing when it is ended.
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
  // As in a shell, a dot at the beginning has to be written.
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

/** A name that is not there may be a pattern; anything else is the answer. */
function absent(error: unknown, argument: string): undefined {
  if (error instanceof StorageError && error.code === 'not-found' && hasWildcard(argument)) return undefined;
  throw error;
}

/**
 * A tree as `ls -lR` shows it: each directory under a heading. A directory is read a second time to go down into it,
 * so that memory stays bounded however many directories it holds.
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

/** Each item of each batch changed. */
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

/** The rest of an iterator whose first result was taken. */
async function* resumed<Item>(first: IteratorResult<Item>, iterator: AsyncIterator<Item>): AsyncIterable<Item> {
  for (let result = first; !result.done; result = await iterator.next()) yield result.value;
}

function withoutSlash(argument: string): string {
  let end = argument.length;
  while (argument.charAt(end - 1) === '/') end -= 1;
  return argument.slice(0, end);
}

/** The last name as it was given; that of the current directory is a dot, as ls has it. */
function lastName(argument: string): string {
  if (argument === '') return '.';
  const given = withoutSlash(argument);
  return given === '' ? '/' : given.slice(given.lastIndexOf('/') + 1);
}

function directoryPart(argument: string): string {
  return argument.slice(0, argument.lastIndexOf('/') + 1);
}
