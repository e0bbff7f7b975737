import assert from 'node:assert/strict';
import { appendFile, cp, readFile, rm, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { auditPaths, segmentsIn } from './files.ts';
import { readFrom } from './follow.ts';
import { appendUploads, openJournal, temporaryTrail } from './journal-fixture.test.ts';
import { provenRecord } from './proven-record.ts';
import { verifyAudit } from './verify.ts';

const DAY_MS = 86_400_000;
const segmentBytes = 3000;

test('files are for their owner alone', async (context) => {
  const directory = await temporaryTrail(context);
  await (await openJournal(directory))[Symbol.asyncDispose]();
  const { keys, key, heads, inbox } = auditPaths(directory);
  const [segment] = await segmentsIn(directory);
  for (const file of [keys, key, heads, segment?.file ?? ''])
    assert.equal((await stat(file)).mode & 0o777, 0o600, file);
  for (const each of [directory, inbox]) assert.equal((await stat(each)).mode & 0o777, 0o700, each);
});

test('what was recorded is on the disk once that is said', async (context) => {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory);
  const number = journal.append({ event: 'login.succeeded', account: 'alice' });
  assert.equal(await journal.recorded(), true);
  const [segment] = await segmentsIn(directory);
  const last = (await readFile(segment?.file ?? '', 'utf8')).trimEnd().split('\n').at(-1) ?? '';
  assert.match(
    last,
    new RegExp(`^\\{"n":${number},"at":"[^"]+Z","event":"login.succeeded","node":"test","account":"alice","chain":"`),
  );
});

test('texts of clients stay on their line, and what acts on terminals is spelled out', async (context) => {
  const directory = await temporaryTrail(context);
  const hostile = '/a\u0085b\u202ec\ud800"\u001b[2J\n{"n":9}';
  {
    await using journal = await openJournal(directory);
    journal.append({ event: 'command.refused', path: hostile });
  }
  const [segment] = await segmentsIn(directory);
  const lines = (await readFile(segment?.file ?? '', 'utf8')).split('\n');
  const line = lines.find((each) => each.includes('command.refused')) ?? '';
  assert.doesNotMatch(line, /[^\x20-\x7e]/);
  assert.equal(JSON.parse(line).path, hostile);
  assert.equal((await verifyAudit({ directory })).finding, undefined);
});

test('a line that a crash has cut off is set aside at the next start, and verification explains it', async (context) => {
  const directory = await temporaryTrail(context);
  {
    await using journal = await openJournal(directory);
    appendUploads(journal, 3);
  }
  const [segment] = await segmentsIn(directory);
  await appendFile(segment?.file ?? '', '{"n":6,"at":"20');
  const torn = await verifyAudit({ directory });
  assert.equal(torn.finding, undefined);
  assert.match(torn.remarks.join(), /is not whole/);
  await (await openJournal(directory))[Symbol.asyncDispose]();
  assert.equal(await readFile(`${segment?.file}.torn`, 'utf8'), '{"n":6,"at":"20');
  const verdict = await verifyAudit({ directory });
  assert.equal(verdict.finding, undefined);
  assert.match(verdict.remarks.join(), /A crash before record \d+ left 15 bytes/);
});

test('a journal whose last segment has no whole record goes on behind the one before it', async (context) => {
  const directory = await temporaryTrail(context);
  await (await openJournal(directory))[Symbol.asyncDispose]();
  const first = await verifyAudit({ directory });
  const next = `${directory}/${String(first.last + 1).padStart(16, '0')}.jsonl`;
  await appendFile(next, 'torn');
  await (await openJournal(directory))[Symbol.asyncDispose]();
  const verdict = await verifyAudit({ directory });
  assert.equal(verdict.finding, undefined, verdict.finding?.message);
  assert.equal(verdict.segments, 2);
});

test('old segments go, but none that is younger than the policy, and the rest stays provable', async (context) => {
  const directory = await temporaryTrail(context);
  {
    await using journal = await openJournal(directory, { segmentBytes });
    appendUploads(journal, 40);
  }
  const segments = await segmentsIn(directory);
  const later = Date.now() + 10 * DAY_MS;
  for (const { file } of segments.slice(0, 2)) await utimes(file, new Date(0), new Date(0));
  await utimes(segments[3]?.file ?? '', new Date(later), new Date(later));

  await retained(directory, { keepMs: 11 * DAY_MS, now: later });
  assert.equal((await segmentsIn(directory))[0]?.first, 1, 'their records are younger');

  await retained(directory, { keepMs: 9 * DAY_MS, now: later });
  assert.equal((await segmentsIn(directory))[0]?.first, segments[3]?.first, 'the disk says that this one is younger');
  const verdict = await verifyAudit({ directory });
  assert.equal(verdict.finding, undefined, verdict.finding?.message);
  assert.equal(verdict.first, segments[3]?.first);
  assert.match(verdict.remarks.join(), /were removed by retention/);
});

test('a segment that a reader still needs stays', async (context) => {
  const directory = await temporaryTrail(context);
  {
    await using journal = await openJournal(directory, { segmentBytes });
    appendUploads(journal, 40);
  }
  const [, second] = await segmentsIn(directory);
  const later = Date.now() + 10 * DAY_MS;
  await retained(directory, { keepMs: DAY_MS, now: later, needed: (second?.first ?? 0) + 1 });
  assert.equal((await segmentsIn(directory))[0]?.first, second?.first);
});

async function retained(
  directory: string,
  { keepMs, now, needed }: { readonly keepMs: number; readonly now: number; readonly needed?: number },
): Promise<void> {
  await using journal = await openJournal(directory, {
    segmentBytes,
    retention: { keepMs, keepBytes: undefined },
    now: () => now,
  });
  if (needed !== undefined) journal.hold('rules', () => needed);
  await journal.retain();
}

test('a trail of which a crash has left some of the files that were to go is whole', async (context) => {
  const directory = await temporaryTrail(context);
  {
    await using journal = await openJournal(directory, { segmentBytes });
    appendUploads(journal, 60);
  }
  const before = await segmentsIn(directory);
  const kept = await Promise.all(before.map(async ({ file }) => ({ file, bytes: await readFile(file) })));
  await retained(directory, { keepMs: DAY_MS, now: Date.now() + 10 * DAY_MS });
  const first = (await segmentsIn(directory))[0]?.first ?? 0;
  const gone = before.filter((segment) => segment.first < first).map(({ file }) => file);
  assert.ok(gone.length > 3);
  for (const { file, bytes } of kept.filter(({ file }) => gone.slice(2).includes(file))) await writeFile(file, bytes);
  const verdict = await verifyAudit({ directory });
  assert.equal(verdict.finding, undefined, verdict.finding?.message);
  assert.equal(verdict.first, before[2]?.first);
  assert.match(verdict.remarks.join(), /were removed by retention/);

  // Nobody has said that these were removed.
  await retained(directory, { keepMs: DAY_MS, now: Date.now() + 10 * DAY_MS });
  const left = await segmentsIn(directory);
  await rm(left[0]?.file ?? '');
  assert.equal((await verifyAudit({ directory })).finding?.kind, 'beginning-missing');
});

test('a trail is whole at each moment while retention removes files', async (context) => {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory, {
    segmentBytes,
    retention: { keepMs: undefined, keepBytes: 6 * segmentBytes },
  });
  const over = new AbortController();
  const removing = (async () => {
    for (let round = 0; round < 15; round += 1) {
      appendUploads(journal, 30);
      await journal.recorded();
      await setImmediate();
    }
    over.abort();
  })();
  let verified = 0;
  while (!over.signal.aborted) {
    const { finding } = await verifyAudit({ directory });
    assert.equal(finding, undefined, finding?.message);
    verified += 1;
  }
  await removing;
  assert.ok(verified > 1);
  assert.ok(((await segmentsIn(directory))[0]?.first ?? 0) > 1);
});

test('the oldest segments go once all have more bytes than are kept', async (context) => {
  const directory = await temporaryTrail(context);
  const options = { segmentBytes, retention: { keepMs: undefined, keepBytes: 9000 } };
  {
    await using journal = await openJournal(directory, { segmentBytes });
    appendUploads(journal, 60);
  }
  {
    await using journal = await openJournal(directory, options);
    await journal.retain();
  }
  const sizes = await Promise.all((await segmentsIn(directory)).map(async ({ file }) => (await stat(file)).size));
  assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 9000 + 3000);
  assert.equal((await verifyAudit({ directory })).finding, undefined);
});

test('a reader follows a live journal over its segments from where it left off, and misses nothing', async (context) => {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory, { segmentBytes });
  appendUploads(journal, 20);
  const stop = new AbortController();
  const read: number[] = [];
  const last = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const { n, path } of readFrom(directory, 5, { signal: stop.signal })) {
      read.push(n);
      if (path === '/last') last.resolve();
    }
  })();
  await journal.recorded();
  appendUploads(journal, 20);
  journal.append({ event: 'file.changed', path: '/last' });
  await last.promise;
  stop.abort();
  await reading;
  assert.deepEqual(
    read,
    Array.from({ length: read.length }, (_, index) => index + 5),
  );
  assert.ok((await segmentsIn(directory)).length > 3);
});

test('a record that a crash left without a head is proven by the head of the next start', async (context) => {
  const directory = await temporaryTrail(context);
  const crashed = `${directory}-crashed`;
  context.after(() => rm(crashed, { recursive: true, force: true }));
  await using journal = await openJournal(directory);
  const number = journal.append({ event: 'login.succeeded', account: 'alice' }) ?? 0;
  await journal.recorded();
  await cp(directory, crashed, { recursive: true });
  await assert.rejects(provenRecord(crashed, number), /not covered by a signed head yet/);
  await using next = await openJournal(crashed);
  await next.recorded();
  assert.equal((await provenRecord(crashed, number))['account'], 'alice', 'at its start, and not only at its end');
});

test('a reader goes on behind records that are gone, and does not wait for them', async (context) => {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory, { segmentBytes });
  appendUploads(journal, 40);
  journal.append({ event: 'file.changed', path: '/last' });
  await journal.recorded();
  const [, gone, behind] = await segmentsIn(directory);
  assert.ok(gone && behind);
  await unlink(gone.file);
  const stop = new AbortController();
  const read: number[] = [];
  for await (const { n, path } of readFrom(directory, 1, { signal: stop.signal })) {
    read.push(n);
    if (path === '/last') stop.abort();
  }
  assert.deepEqual(
    read,
    Array.from({ length: journal.number }, (_, index) => index + 1).filter((n) => n < gone.first || n >= behind.first),
  );
});
