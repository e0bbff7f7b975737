import assert from 'node:assert/strict';
import { lstatSync } from 'node:fs';
import { test } from 'node:test';
import { entryOf } from './entries.ts';

test('each entry tells its own owner, group and device, whatever the one before it told', () => {
  const shown = (uid: bigint, gid: bigint, dev: bigint) => {
    const stats = lstatSync(import.meta.filename, { bigint: true });
    const { owner, group, unique } = entryOf('name', Object.assign(stats, { uid, gid, dev, ino: 7n })) ?? {};
    return [owner, group, unique];
  };
  assert.deepEqual(shown(1n, 2n, 35n), ['1', '2', 'z.7']);
  assert.deepEqual(shown(3n, 4n, 36n), ['3', '4', '10.7']);
  assert.deepEqual(shown(3n, 4n, 36n), ['3', '4', '10.7']);
  assert.deepEqual(shown(1n, 4n, 35n), ['1', '4', 'z.7']);
});
