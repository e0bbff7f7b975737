import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrate } from './migrations.ts';
import { DatabaseSync } from './sqlite.ts';
import { SqliteNotices } from './sqlite-notices.ts';

test('notices are a bounded number, and their numbers go on growing', async () => {
  using raw = new DatabaseSync(':memory:');
  migrate(raw);
  const notices = new SqliteNotices(raw);
  for (let count = 0; count < 100_050; count += 1) notices.add('alice', 'account disabled');
  assert.equal(await notices.latest(), 100_050);
  const first = await notices.after(0);
  assert.equal(first.length, 100, 'and so are those that are read at once');
  assert.equal(first[0]?.number, 51);
});
