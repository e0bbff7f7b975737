import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { auditPaths, segmentAt } from './files.ts';
import { temporaryTrail } from './journal-fixture.test.ts';
import { JournalWriter } from './journal-writer.ts';

test('what comes while others are written does not keep later records from the disk', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const directory = await temporaryTrail(context);
  await mkdir(directory);
  const segment = segmentAt(directory, 1);
  const writer = new JournalWriter({ paths: auditPaths(directory), stallMs: 60_000, onTrouble: () => undefined });
  const add = (number: number): void =>
    writer.add({ kind: 'line', line: `${number}\n`, bytes: `${number}\n`.length, number });
  writer.add({ kind: 'segment', segment });
  add(1);
  const first = writer.written(1);
  // It sets the timer for a group, and is written by the work that is under way.
  add(2);
  assert.deepEqual([await first, await writer.written(2)], [true, true]);
  assert.equal(await readFile(segment.file, 'utf8'), '1\n2\n');
  context.mock.timers.tick(1000);
  add(3);
  assert.equal(await writer.written(3), true);
  assert.equal(await readFile(segment.file, 'utf8'), '1\n2\n3\n');
  await writer.end();
});
