import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  baseName,
  type Entry,
  type ListOptions,
  limitsWith,
  ROOT,
  StorageError,
  type VirtualPath,
} from '../core/index.ts';
import { Listings } from './listings.ts';
import { WebFailure } from './problem.ts';
import type { ListingQuery } from './sort-directory.ts';

const NEVER = new AbortController().signal;
const QUERY: ListingQuery = { path: ROOT, sort: 'name', isDescending: false, find: '' };

function directoryOf(entries: readonly Entry[], batch = 64) {
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    /** Of names alone, it tells nothing else that is true. */
    async *list(_path: VirtualPath, { namesOnly = false }: ListOptions = {}) {
      for (let at = 0; at < entries.length; at += batch) {
        const some = entries.slice(at, at + batch);
        yield namesOnly
          ? some.map((entry): Entry => ({ ...entry, kind: 'file', size: 0, modified: new Date(0) }))
          : some;
      }
    },
    async stat(path: VirtualPath): Promise<Entry> {
      const found = byName.get(baseName(path));
      if (!found || found.name === 'f00000') throw new StorageError('not-found', 'Gone');
      return found;
    },
  };
}

function file(index: number): Entry {
  const number = (index * 7919) % 10_007;
  const name = `f${String(number).padStart(5, '0')}`;
  return { name, kind: 'file', size: number % 7, modified: new Date(number) };
}

const FILES = Array.from({ length: 10_007 }, (_, index) => file(index));
const NAMES = FILES.map(({ name }) => name).toSorted();

async function namesOf(query: Partial<ListingQuery>, limit = 700): Promise<readonly string[]> {
  const session = new Listings(limitsWith()).forSession();
  const asked = { ...QUERY, ...query };
  let page = await session.first(directoryOf(FILES), asked, limit, NEVER);
  const found = page.entries.map(({ name }) => name);
  while (page.cursor !== undefined) {
    page = await session.next(directoryOf(FILES), page.cursor, asked, limit, NEVER);
    found.push(...page.entries.map(({ name }) => name));
  }
  assert.equal(page.total, asked.find === '' ? FILES.length : found.length);
  return found;
}

test('pages go on where the one before ended, in each order', async () => {
  const present = NAMES.slice(1);
  assert.deepEqual(await namesOf({}), present, 'a file that is gone by the time it is looked at is left out');
  assert.deepEqual(await namesOf({ isDescending: true }), present.toReversed());
  assert.deepEqual(await namesOf({ sort: 'modified' }), NAMES);
  const sizes = (await namesOf({ sort: 'size' })).map((name) => Number(name.slice(1)) % 7);
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => one - other),
  );
  assert.deepEqual((await namesOf({ sort: 'none' })).toSorted(), NAMES);
  assert.deepEqual(
    await namesOf({ find: 'f0001' }),
    NAMES.filter((name) => name.includes('f0001')),
  );
});

test('directories come first in either direction', async () => {
  const entries: readonly Entry[] = ['b', 'C', 'a', 'D'].map((name) => ({
    name,
    kind: /[a-z]/.test(name) ? 'file' : 'directory',
    size: 0,
    modified: new Date(0),
  }));
  for (const [isDescending, names] of [
    [false, 'C D a b'],
    [true, 'D C b a'],
  ] as const) {
    const session = new Listings(limitsWith()).forSession();
    const page = await session.first(directoryOf(entries), { ...QUERY, isDescending }, 10, NEVER);
    assert.equal(page.entries.map(({ name }) => name).join(' '), names);
  }
});

test('a directory with more entries than are held is refused, and a search finds its way', async () => {
  const session = new Listings(limitsWith({ maxWebListedEntries: 100 })).forSession();
  await assert.rejects(session.first(directoryOf(FILES), QUERY, 10, NEVER), isCode('too-many-entries'));
  assert.equal((await session.first(directoryOf(FILES), { ...QUERY, find: 'f00007' }, 10, NEVER)).total, 1);
});

test('a cursor is good for its own session and directory, and until the listings of others need the room', async () => {
  const all = new Listings(limitsWith({ maxWebListingsEntries: 15_000 }));
  const [one, other] = [all.forSession(), all.forSession()];
  const { cursor = '' } = await one.first(directoryOf(FILES), QUERY, 10, NEVER);
  const next = (session: typeof one, given: string) => session.next(directoryOf(FILES), given, QUERY, 10, NEVER);
  assert.deepEqual((await next(one, cursor)).entries, [...FILES].sort(byName).slice(10, 20));
  await assert.rejects(next(other, cursor), isCode('cursor'));
  for (const made of ['', '.', 'a.1', `${cursor}9999999999`, `${cursor}\n`]) {
    await assert.rejects(next(one, made), isCode('cursor'), made);
  }
  await other.first(directoryOf(FILES), QUERY, 10, NEVER);
  await assert.rejects(next(one, cursor), isCode('cursor'));
});

function byName(one: Entry, other: Entry): number {
  return one.name < other.name ? -1 : 1;
}

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof WebFailure && error.code === code;
}
