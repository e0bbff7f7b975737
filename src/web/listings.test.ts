import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, limitsWith, ROOT } from '../core/index.ts';
import { type ListingQuery, Listings } from './listings.ts';
import { WebFailure } from './problem.ts';

const NEVER = new AbortController().signal;
const QUERY: ListingQuery = { path: ROOT, sort: 'name', isDescending: false, find: '' };

function directoryOf(entries: readonly Entry[], batch = 64) {
  return {
    async *list() {
      for (let at = 0; at < entries.length; at += batch) yield entries.slice(at, at + batch);
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
    page = session.next(page.cursor, asked, limit);
    found.push(...page.entries.map(({ name }) => name));
  }
  assert.equal(page.total, found.length);
  return found;
}

test('pages go on where the one before ended, in each order', async () => {
  assert.deepEqual(await namesOf({}), NAMES);
  assert.deepEqual(await namesOf({ isDescending: true }), NAMES.toReversed());
  assert.deepEqual(await namesOf({ sort: 'modified' }), NAMES);
  const sizes = (await namesOf({ sort: 'size' })).map((name) => Number(name.slice(1)) % 7);
  assert.deepEqual(sizes, sizes.toSorted());
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
  assert.equal(one.next(cursor, QUERY, 10).entries.length, 10);
  assert.throws(() => other.next(cursor, QUERY, 10), isCode('cursor'));
  for (const made of ['', '.', 'a.1', `${cursor}9999999999`, `${cursor}\n`]) {
    assert.throws(() => one.next(made, QUERY, 10), isCode('cursor'), made);
  }
  await other.first(directoryOf(FILES), QUERY, 10, NEVER);
  assert.throws(() => one.next(cursor, QUERY, 10), isCode('cursor'));
});

function isCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof WebFailure && error.code === code;
}
