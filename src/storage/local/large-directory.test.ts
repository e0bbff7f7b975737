import assert from 'node:assert/strict';
import { linkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ROOT } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';

const ENTRIES = 100_000;
/** File systems bound the names of one file; ext4 at 65,000. */
const NAMES_A_FILE = 50_000;
/** A small part of what all the entries together would take. */
const MAX_GROWTH_BYTES = 4 * 1024 * 1024;

test('a directory of 100,000 entries is listed whole, and costs no more memory than a small one', async () => {
  await using temporary = await temporaryStorage();
  const paths = Array.from({ length: ENTRIES }, (_, index) => join(temporary.root, `${index}`));
  // Further names of one file are made and removed much faster than files.
  paths.forEach((path, index) => {
    if (index % NAMES_A_FILE === 0) writeFileSync(path, '');
    else linkSync(paths[index - (index % NAMES_A_FILE)] ?? '', path);
  });
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };

  const before = heap();
  let entries = 0;
  let sum = 0;
  let measured = 0;
  for await (const batch of temporary.storage.list(ROOT)) {
    entries += batch.length;
    for (const { name } of batch) sum += Number(name);
    if (entries - measured < 20_000) continue;
    measured = entries;
    assert.ok(heap() - before < MAX_GROWTH_BYTES);
  }
  assert.equal(entries, ENTRIES);
  assert.equal(sum, (ENTRIES * (ENTRIES - 1)) / 2);
  for (const path of paths) unlinkSync(path);
});
