import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ROOT } from '../../core/index.ts';
import { temporaryStorage } from '../../testing/temporary-storage.ts';

const ENTRIES = 100_000;
/** A hundredth of what all the entries together would take. */
const MAX_GROWTH_BYTES = 4 * 1024 * 1024;

test('a directory of 100,000 entries is listed whole, and costs no more memory than a small one', async () => {
  await using temporary = await temporaryStorage();
  for (let index = 0; index < ENTRIES; index += 1) closeSync(openSync(join(temporary.root, `${index}`), 'w'));
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };

  const before = heap();
  let entries = 0;
  let sum = 0;
  for await (const { name } of temporary.storage.list(ROOT)) {
    entries += 1;
    sum += Number(name);
    if (entries % 20_000 === 0) assert.ok(heap() - before < MAX_GROWTH_BYTES);
  }
  assert.equal(entries, ENTRIES);
  assert.equal(sum, (ENTRIES * (ENTRIES - 1)) / 2);
});
