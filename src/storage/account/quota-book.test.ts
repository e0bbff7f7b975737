import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ROOT, resolvePath, type Storage, type VirtualPath } from '../../core/index.ts';
import { memoryStorage } from '../memory/memory-storage.ts';
import { LocalQuotaBook, type QuotaBook } from './quota-book.ts';
import { QuotaLedger } from './quota-ledger.ts';
import { withQuota } from './with-quota.ts';

const at = (path: string): VirtualPath => resolvePath(ROOT, path);
const bytes = (count: number) => ({ bytes: count, files: 0 });

let book: LocalQuotaBook;

beforeEach(() => {
  book = new LocalQuotaBook({ bytes: 100 });
});

test('turns come one after the other, in the order in which they were asked for', async () => {
  const order: string[] = [];
  const first = await book.begin();
  const others = ['second', 'third'].map(async (name) => {
    const turn = await book.begin();
    order.push(name);
    turn.end();
  });
  order.push('first');
  first.end();
  await Promise.all(others);
  assert.deepEqual(order, ['first', 'second', 'third']);
});

test('what was abandoned counts until the files are counted anew, and is free then', async () => {
  const turn = await book.begin();
  turn.counted({ bytes: 10, files: 1 });
  turn.end();
  assert.equal(book.take('lost', bytes(50)), 'taken');
  assert.equal(book.take('kept', bytes(30)), 'taken');
  assert.equal(book.take('kept', bytes(11)), 'no-bytes');
  book.abandon(['lost']);
  assert.deepEqual(book.used, { bytes: 90, files: 1 });
  assert.equal(book.take('kept', bytes(11)), 'uncounted');
  const next = await book.begin();
  assert.equal(next.isCounted, false);
  next.counted({ bytes: 10, files: 1 });
  next.end();
  assert.deepEqual(book.used, { bytes: 40, files: 1 });
  assert.equal(book.take('kept', bytes(60)), 'taken');
  assert.equal(book.take('kept', bytes(1)), 'no-bytes');
});

test('an interrupted upload that is gone on with is in no count of files, and not lost', () => {
  book.settle(undefined, { bytes: 40, files: 1 });
  book.claim('resumed', { bytes: 40, files: 1 });
  book.take('resumed', bytes(20));
  assert.deepEqual(book.used, { bytes: 60, files: 1 });
  book.settle('resumed', { bytes: 60, files: 1 });
  assert.deepEqual(book.used, { bytes: 60, files: 1 });
});

/** Books that answer as from another process: later. */
function distant(book: LocalQuotaBook): QuotaBook {
  return {
    setQuota: (quota) => book.setQuota(quota),
    begin: () => book.begin(),
    take: async (reservation, more) => book.take(reservation, more),
    claim: (reservation, files) => book.claim(reservation, files),
    settle: (reservation, change) => book.settle(reservation, change),
    narrow: async (space) => book.narrow(space),
  };
}

test('of books that are far away no upload takes more than there is, and what waits is asked for at once', async () => {
  const inner = memoryStorage();
  let questions = 0;
  const far = distant(book);
  const counting: QuotaBook = {
    ...far,
    take(reservation, more) {
      questions += 1;
      return far.take(reservation, more);
    },
  };
  const storage = withQuota(inner, new QuotaLedger(counting));
  const upload = await storage.write(at('/file'));
  questions = 0;
  for (let chunk = 0; chunk < 50; chunk += 1) upload.sink.write(Buffer.alloc(2));
  await upload.commit();
  assert.deepEqual(book.used, { bytes: 100, files: 1 });
  assert.equal(questions, 2, 'the first chunk, and all that waited behind it');
  const second = await storage.write(at('/second'));
  second.sink.write(Buffer.alloc(1));
  await assert.rejects(second.commit(), { code: 'over-quota' });
  assert.deepEqual(book.used, await inner.usage?.(ROOT));
});

for (const where of ['near', 'far'] as const) {
  test(`an upload under way that needs the room of one that was abandoned has the files counted (books ${where})`, async () => {
    const inner: Storage = memoryStorage();
    const storage = withQuota(inner, new QuotaLedger(where === 'far' ? distant(book) : book));
    const upload = await storage.write(at('/file'));
    book.take('lost', bytes(90));
    book.abandon(['lost']);
    upload.sink.write(Buffer.alloc(100));
    await upload.commit();
    assert.deepEqual(book.used, { bytes: 100, files: 1 });
  });
}
