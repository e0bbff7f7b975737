import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { EventStream, Journal } from '../../operations/index.ts';
import { loadConfiguration } from '../configuration/index.ts';
import { openAuditTrail } from './audit-trail.ts';

const DAY_MS = 86_400_000;

test('no record goes before those who read the trail have said which they need', async (context) => {
  const long = new Date(Date.now() - 30 * DAY_MS);
  const dataDir = await mkdtemp(join(tmpdir(), 'lockport-trail-'));
  context.after(() => rm(dataDir, { recursive: true }));
  const directory = join(dataDir, 'audit');
  const segments = async () => (await readdir(directory)).filter((name) => /^\d+\.jsonl$/.test(name));
  {
    await using old = await Journal.open({
      directory,
      node: 'test',
      maxQueuedBytes: 1_000_000,
      stallMs: DAY_MS,
      headEveryMs: DAY_MS,
      segmentBytes: 3000,
      retention: { keepMs: undefined, keepBytes: undefined },
      now: () => long.getTime(),
      onTrouble: () => undefined,
      warn: () => undefined,
    });
    for (let each = 0; each < 60; each += 1) old.append({ event: 'file.changed', path: `/inbox/${each}` });
  }
  const before = await segments();
  for (const each of before) await utimes(join(directory, each), long, long);
  assert.ok(before.length > 3);

  const environment = { LOCKPORT_DATA_DIR: dataDir, LOCKPORT_ROOT: dataDir, LOCKPORT_AUDIT_KEEP_DAYS: '1' };
  const { configuration } = await loadConfiguration({ environment, flags: {} });
  await using trail = await openAuditTrail(configuration, new EventStream(), {
    awaitedByRules: () => new Set(),
    onTrouble: () => undefined,
  });
  // As whenever a segment is full, which the start may see.
  await trail.journal.retain();
  await trail.journal.recorded();
  assert.deepEqual((await segments()).slice(0, before.length), before);

  const [, , third = ''] = before;
  using _ = trail.journal.hold('rule', () => Number.parseInt(third, 10));
  trail.retain();
  while ((await segments())[0] === before[0]) await setImmediate();
  await trail.journal.recorded();
  assert.equal((await segments())[0], third);
});
