import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { mountSmallMedium } from '../../testing/small-medium.ts';
import { spaceProblem, TrailSpaceWatch } from './trail-space.ts';

const GIB = 2 ** 30;

test('a trail without a bound is told of once it takes a quarter of its disk, with what can be done', () => {
  assert.equal(spaceProblem({ bytes: 24 * GIB, total: 100 * GIB, free: 50 * GIB }, 0), undefined);
  assert.equal(
    spaceProblem({ bytes: 25 * GIB, total: 100 * GIB, free: 50 * GIB }, 0),
    'The audit trail takes 25 % of its disk, and has no bound: set audit.keepBytes or a shorter audit.keepDays, or give it a larger disk',
  );
  assert.equal(spaceProblem({ bytes: 60 * GIB, total: 100 * GIB, free: 20 * GIB }, 70 * GIB), undefined);
});

test('a disk that is nearly full is told of, whoever fills it', () => {
  const few = { bytes: GIB, total: 100 * GIB, free: 9.5 * GIB };
  assert.match(spaceProblem(few, 10 * GIB) ?? '', /^The disk of the audit trail has 9 % left: make room/);
  assert.equal(spaceProblem({ bytes: 0, total: 0, free: 0 }, 0), undefined, 'a file system that does not tell');
});

test('the log is told as the trail is opened', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'lockport-trail-space-'));
  context.after(() => rm(directory, { recursive: true }));
  await using medium = await mountSmallMedium(context, directory, '1m');
  if (!medium) return;
  await writeFile(join(directory, '0000000000000001.jsonl'), Buffer.alloc(400_000));
  const warned = Promise.withResolvers<string>();
  using watch = new TrailSpaceWatch(directory, 0, warned.resolve);
  assert.match(await warned.promise, /^The audit trail takes 3\d % of its disk, and has no bound/);
  assert.equal(watch.space?.total, 1_048_576);
});
