import type { Entry, ListOptions, UnlistedEntry } from '../../core/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import type { Bucket, ListPage, ObjectInfo } from './bucket.ts';
import { directoryEntry, fileEntry } from './entries.ts';
import { isName, type Keys } from './keys.ts';

/** Requests for the metadata of the entries of one listing that are under way at once. */
const LOOKS_AT_ONCE = 16;

interface Named {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  readonly object: ObjectInfo | undefined;
}

/** The entries of a directory by its key, a page of the service at a time. `isEmpty`: no key begins with it, not even its own. */
export async function* listDirectory(
  bucket: Bucket,
  keys: Keys,
  prefix: string,
  { namesOnly = false, signal }: ListOptions,
): AsyncGenerator<readonly Entry[]> {
  const files = new LateFiles();
  for await (const page of bucket.pages({ prefix, byDirectory: true, signal })) {
    const named = namedIn(page, prefix, keys, files).filter(({ name, isHidden }) => !isHidden && isName(name));
    const entries = await entriesOf(bucket, prefix, named, namesOnly, signal);
    if (entries.length > 0) yield entries;
    throwIfAborted(signal);
  }
}

/** What `listDirectory` leaves out. */
export async function* listUnnamed(
  bucket: Bucket,
  keys: Keys,
  prefix: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<UnlistedEntry> {
  const files = new LateFiles();
  for await (const page of bucket.pages({ prefix, byDirectory: true, signal })) {
    for (const { name, kind, isHidden } of namedIn(page, prefix, keys, files)) {
      if (isHidden || !isName(name)) yield { name, isDirectory: kind === 'directory', why: 'name' };
    }
  }
}

/** @param files the files of the pages before, which it adds to */
function namedIn(page: ListPage, prefix: string, keys: Keys, files: LateFiles): (Named & { isHidden: boolean })[] {
  const objects = page.objects
    .filter(({ key }) => key !== prefix && !keys.isReserved(key))
    .map((object) => ({ name: object.key.slice(prefix.length), kind: 'file' as const, object, isHidden: false }));
  files.add(objects.map(({ name }) => name));
  const directories = page.prefixes
    .filter((key) => !keys.isReserved(key))
    .map((key) => key.slice(prefix.length, -1))
    .map((name) => ({ name, kind: 'directory' as const, object: undefined, isHidden: files.has(name) }));
  files.leave([...objects, ...directories].map(({ name }) => name));
  return [...objects, ...directories];
}

async function entriesOf(
  bucket: Bucket,
  prefix: string,
  named: readonly Named[],
  namesOnly: boolean,
  signal: AbortSignal | undefined,
): Promise<Entry[]> {
  const { settings } = bucket;
  const plain = ({ name, kind, object }: Named): Entry =>
    kind === 'file' && object ? fileEntry(name, object, settings) : directoryEntry(name, undefined, settings);
  if (namesOnly || !settings.keepsAttributes) return named.map(plain);
  const entries: Entry[] = [];
  for (let start = 0; start < named.length; start += LOOKS_AT_ONCE) {
    const looked = named.slice(start, start + LOOKS_AT_ONCE).map(async (one): Promise<Entry | undefined> => {
      const info = await bucket.head(prefix + one.name + (one.kind === 'file' ? '' : '/'), signal);
      if (one.kind === 'directory') return directoryEntry(one.name, info, settings);
      return info && fileEntry(one.name, info, settings);
    });
    entries.push(...(await Promise.all(looked)).filter((entry) => entry !== undefined));
  }
  return entries;
}

/**
 * Names of files that may come again as directories: keys are in the order of their bytes, so that `a` may come long
 * before `a/`, but only with names between them that begin with `a`.
 */
class LateFiles {
  #names = new Set<string>();

  add(names: readonly string[]): void {
    for (const name of names) this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** Keeps those that can still come: as many as a name has characters. */
  leave(page: readonly string[]): void {
    const last = page.reduce(
      (last, name) => (Buffer.compare(Buffer.from(last), Buffer.from(name)) < 0 ? name : last),
      '',
    );
    this.#names = new Set([...this.#names].filter((name) => last.startsWith(name)));
  }
}
