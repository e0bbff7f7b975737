import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Entry, ROOT, resolvePath, type Storage, type VirtualPath } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { ListingCache } from './listing-cache.ts';

/** A server with so many entries in each directory, and what it was asked for. */
function listing(count: number, entry: Pick<Entry, 'name' | 'target'>) {
  const asked: VirtualPath[] = [];
  const storage: Storage = {
    ...memoryStorage(),
    async *list(path) {
      asked.push(path);
      const made = { kind: 'link', size: 0, modified: new Date(0) } as const;
      yield Array.from({ length: count }, (_, index) => ({ ...entry, ...made, name: `${index}${entry.name}` }));
    },
  };
  return { storage, asked };
}

async function readAll(storage: Storage, path: string): Promise<void> {
  for await (const _ of storage.list(resolvePath(ROOT, path)));
}

test('a listing with long names or targets of links is not kept: how long they are is up to the server', async () => {
  for (const [long, times] of [
    [{ name: 'file', target: 'there' }, 1],
    [{ name: 'x'.repeat(4000), target: 'there' }, 2],
    [{ name: 'file', target: 'x'.repeat(250_000) }, 2],
  ] as const) {
    const { storage, asked } = listing(1000, long);
    const cached = new ListingCache({ keepMs: 1000, looksByListing: true, now: () => 0 }).over(storage);
    for (let time = 1; time <= 2; time += 1) await readAll(cached, '/');
    assert.equal(asked.length, times);
  }
});
