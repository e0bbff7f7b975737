import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedFacts, modeAndPath } from './changed-facts.ts';

test('MFF takes facts in any case and order, and a path with its spaces', () => {
  assert.deepEqual(changedFacts.parse('unix.MODE=755;Create=20240229000000;MODIFY=20240301000000; a; b'), {
    mode: 0o755,
    create: new Date('2024-02-29T00:00:00Z'),
    modify: new Date('2024-03-01T00:00:00Z'),
    path: 'a; b',
  });
});

test('MFF refuses a fact that cannot be set with 504, and a malformed one with 501', () => {
  for (const fact of ['Size=5', 'Type=dir', 'UNIX.owner=root', 'Media-Type=a', 'constructor=x', '=x']) {
    assert.throws(() => changedFacts.parse(`${fact}; a`), { code: 504 }, fact);
  }
  const refused = [
    '',
    'a',
    'Modify=20240101000000 a',
    'Modify=20240101000000; ',
    'Modify; a',
    '; a',
    'Modify=20230229000000; a',
    'UNIX.mode=999; a',
    'UNIX.mode=0644;UNIX.mode=0600; a',
    'Modify=20240101000000;; a',
  ];
  for (const argument of refused) assert.throws(() => changedFacts.parse(argument), { code: 501 }, argument);
});

test('the facts that were set are written as the reply lists them', () => {
  const facts = { modify: new Date('2002-07-17T21:07:15Z'), mode: 0o644, path: 'a b' };
  assert.equal(changedFacts.format(facts), 'Modify=20020717210715;UNIX.mode=0644; a b');
});

test('CHMOD takes three or four octal digits and a path', () => {
  assert.deepEqual(modeAndPath.parse('644 a b'), { mode: 0o644, path: 'a b' });
  assert.deepEqual(modeAndPath.parse('0755 a'), { mode: 0o755, path: 'a' });
  for (const argument of ['', '644', '644 ', '888 a', '64 a', '07777 a', '4755 a', 'u+x a', '-44 a', '0o7 a']) {
    assert.throws(() => modeAndPath.parse(argument), { code: 501 }, argument);
  }
});
