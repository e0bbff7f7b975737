import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { csvLine } from './csv.ts';
import { openJournal, temporaryTrail } from './journal-fixture.test.ts';
import { type AuditQuery, searchAudit } from './search.ts';
import { verifyAudit } from './verify.ts';

const BEGAN = Date.parse('2026-11-01T00:00:00.000Z');
const MINUTE_MS = 60_000;

/** 60 records, one a minute, in several segments: uploads of alice and bob, and renames of bob. */
async function trail(context: TestContext): Promise<string> {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory, { segmentBytes: 4000 });
  for (let index = 0; index < 60; index += 1) {
    const account = index % 3 === 0 ? 'bob' : 'alice';
    const path = `/in/${account}/${index}.txt`;
    journal.append(
      index % 6 === 0
        ? { event: 'file.changed', account, address: '192.0.2.2', path, to: `/done/${index}.txt` }
        : { event: 'transfer.finished', account, address: '192.0.2.1', path, bytes: index, ...transferOf(index) },
      BEGAN + index * MINUTE_MS,
    );
  }
  return directory;
}

function transferOf(index: number) {
  return { direction: index % 2 === 0 ? 'upload' : 'download', outcome: index % 5 === 0 ? 'discarded' : 'complete' };
}

async function found(directory: string, query: AuditQuery): Promise<string[]> {
  const records = await Array.fromAsync(searchAudit(directory, query));
  return records.map(({ path }) => String(path));
}

/** What must be found: the indexes of the records. */
const QUERIES: readonly (readonly [AuditQuery, (index: number) => boolean])[] = [
  [{ account: 'bob' }, (index) => index % 3 === 0],
  [{ account: 'nobody' }, () => false],
  [{ event: 'file.changed' }, (index) => index % 6 === 0],
  [{ address: '192.0.2.2' }, (index) => index % 6 === 0],
  [{ direction: 'upload' }, (index) => index % 6 !== 0 && index % 2 === 0],
  [{ direction: 'sideways' }, () => false],
  [{ outcome: 'discarded', direction: 'download' }, (index) => index % 6 !== 0 && index % 2 === 1 && index % 5 === 0],
  [{ path: '/in/bob' }, (index) => index % 3 === 0],
  [{ path: '/in/bo' }, () => false],
  [{ path: '/in/*/7.txt' }, (index) => index === 7],
  [{ path: '/in/*.txt' }, () => false],
  [{ path: '/**/?.txt' }, (index) => index < 10],
  [{ path: '/done/' }, (index) => index % 6 === 0],
  [{ path: '/in/alice/7.txt', account: 'alice' }, (index) => index === 7],
  [
    { since: BEGAN + 10 * MINUTE_MS, until: BEGAN + 20 * MINUTE_MS, account: 'alice' },
    (index) => index >= 10 && index < 20 && index % 3 !== 0,
  ],
];

test('records are found by account, path, time, event and address, by index or without one', async (context) => {
  const directory = await trail(context);
  const indexes = async () => (await readdir(directory)).filter((name) => name.endsWith('.index'));
  assert.ok((await indexes()).length > 2);
  const expected = (fits: (index: number) => boolean) =>
    Array.from({ length: 60 }, (_, index) => index)
      .filter(fits)
      .map((index) => `/in/${index % 3 === 0 ? 'bob' : 'alice'}/${index}.txt`);
  for (const [query, fits] of QUERIES)
    assert.deepEqual(await found(directory, query), expected(fits), JSON.stringify(query));

  const kept = await indexes();
  for (const name of kept) await rm(join(directory, name));
  for (const [query, fits] of QUERIES)
    assert.deepEqual(await found(directory, query), expected(fits), JSON.stringify(query));
  assert.deepEqual(await indexes(), kept, 'they are made anew');
});

test('a search gives the newest records first where that is asked, over all segments, however large they are', async (context) => {
  const directory = await trail(context);
  for (const [query] of QUERIES) {
    const records = await Array.fromAsync(searchAudit(directory, query, { isNewestFirst: true }));
    assert.deepEqual(
      records.map(({ path }) => String(path)),
      (await found(directory, query)).toReversed(),
      JSON.stringify(query),
    );
  }
  const large = await temporaryTrail(context);
  await using journal = await openJournal(large);
  for (let index = 0; index < 2000; index += 1) {
    journal.append({ event: 'file.changed', path: `/${'x'.repeat(300)}/${index}` });
  }
  await journal.recorded();
  const newest = await Array.fromAsync(searchAudit(large, { event: 'file.changed' }, { isNewestFirst: true }));
  assert.equal(newest.length, 2000);
  assert.ok(newest.every(({ path }, index) => String(path).endsWith(`/${1999 - index}`)));
});

test('a search that nobody waits for any more ends, and so does a proof', async (context) => {
  const directory = await trail(context);
  const stop = new AbortController();
  const search = searchAudit(directory, {}, { signal: stop.signal });
  assert.equal((await search.next()).done, false);
  stop.abort();
  await assert.rejects(search.next(), { name: 'AbortError' });
  await assert.rejects(searchAudit(directory, { account: 'nobody' }, { signal: stop.signal }).next(), {
    name: 'AbortError',
  });
  await assert.rejects(verifyAudit({ directory, signal: stop.signal }), { name: 'AbortError' });
});

test('a search sees what a running server has written just now', async (context) => {
  const directory = await temporaryTrail(context);
  await using journal = await openJournal(directory);
  journal.append({ event: 'login.succeeded', account: 'alice', path: '/now' });
  await journal.recorded();
  assert.deepEqual(await found(directory, { account: 'alice' }), ['/now']);
});

test('no cell of an export is a formula, and none leaves its place', () => {
  const record = {
    n: 1,
    at: '2026-11-01T00:00:00.000Z',
    event: 'login.failed',
    user: '=HYPERLINK("http://x")',
    path: '/a,"b"',
  };
  assert.equal(
    csvLine(record),
    `1,2026-11-01T00:00:00.000Z,login.failed,,"'=HYPERLINK(""http://x"")",,,,"/a,""b""",,,,,,,,\r\n`,
  );
  for (const start of ['+', '-', '@', '\t', '\r']) assert.match(csvLine({ ...record, user: `${start}1` }), /,"'/);
});
