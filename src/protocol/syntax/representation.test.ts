import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileStructure, transferMode, transferType } from './representation.ts';

test('TYPE takes A in its two printable forms, I, and L with bytes of 8 bits', () => {
  for (const argument of ['A', 'a', 'A N', 'a t', 'AN', 'at']) assert.equal(transferType.parse(argument), 'ascii');
  for (const argument of ['I', 'i', 'L 8', 'l 8', 'L8', 'l8']) assert.equal(transferType.parse(argument), 'image');
});

test('TYPE knows the types that it does not do, and tells them from nonsense', () => {
  for (const argument of ['E', 'E N', 'e c', 'A C', 'AC', 'L 7', 'L7', 'L 36']) {
    assert.throws(() => transferType.parse(argument), { code: 504 }, argument);
  }
  for (const argument of ['', 'X', 'AX', 'A X', 'I N', 'L', 'L x', 'A N N']) {
    assert.throws(() => transferType.parse(argument), { code: 501 }, argument);
  }
});

test('STRU takes files, MODE takes streams and zlib', () => {
  assert.equal(fileStructure.parse('f'), 'file');
  assert.equal(transferMode.parse('s'), 'stream');
  assert.equal(transferMode.parse('z'), 'deflate');
  for (const argument of ['R', 'P']) assert.throws(() => fileStructure.parse(argument), { code: 504 });
  for (const argument of ['B', 'C']) assert.throws(() => transferMode.parse(argument), { code: 504 });
  for (const syntax of [fileStructure, transferMode]) assert.throws(() => syntax.parse(''), { code: 501 });
});
