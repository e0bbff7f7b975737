import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAccountName } from './account-name.ts';

test('ordinary names in any script are names', () => {
  for (const name of ['a', 'alice', 'Al ice', 'a.b-c_d', 'user@example.org', 'DOMAIN\\user', 'jürgen', '花子', '..a']) {
    assert.equal(isAccountName(name), true, name);
  }
  assert.equal(isAccountName('x'.repeat(128)), true);
});

test('hostile names are refused', () => {
  const hostile = [
    '',
    ' ',
    '.',
    '..',
    ' a',
    'a ',
    'a:b',
    'a/b',
    '../a',
    'a\0b',
    'a\r\nb',
    'a\tb',
    'a\x1b[2Jb',
    'a\x7f',
  ];
  const unseen = ['a\u0085b', 'a\u202eb', 'a\u2028b', 'a\u2029b', 'a\u200bb', 'a\udc80b', '\ufeffa'];
  for (const name of [...hostile, ...unseen]) assert.equal(isAccountName(name), false, JSON.stringify(name));
});

test('the length of a name counts in bytes', () => {
  assert.equal(isAccountName('x'.repeat(129)), false);
  assert.equal(isAccountName('é'.repeat(64)), true);
  assert.equal(isAccountName('é'.repeat(65)), false);
});
