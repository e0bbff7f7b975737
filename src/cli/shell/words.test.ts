import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compileGlob } from '../../protocol/index.ts';
import { quoted, readLine, wordsOf } from './words.ts';

const texts = (line: string): readonly string[] => wordsOf(line).map(({ text }) => text);

test('spaces part words, quotes and backslashes keep them together', () => {
  assert.deepEqual(texts('  get  a.txt\tb.txt '), ['get', 'a.txt', 'b.txt']);
  assert.deepEqual(texts(`get 'my file' "your \\"file\\"" our\\ file`), ['get', 'my file', 'your "file"', 'our file']);
  assert.deepEqual(texts(`a'b c'"d e"f ''`), ['ab cd ef', '']);
  assert.deepEqual(texts(`'a\\b' "c\\d"`), ['a\\b', 'c\\d']);
});

test('a comment begins with a word, not in one', () => {
  assert.deepEqual(texts('ls a#b # c'), ['ls', 'a#b']);
  assert.deepEqual(texts('# ls'), []);
});

test('a quote that is not closed is refused', () => {
  assert.throws(() => wordsOf(`ls "a`), { code: 'usage' });
});

test('quoted wildcards stand for themselves in a pattern', () => {
  const [word] = wordsOf(`'a*'*\\[1]`);
  assert.equal(word?.text, 'a**[1]');
  const isMatch = compileGlob(word?.pattern ?? '', 8);
  assert.ok(isMatch('a*-[1]'));
  assert.ok(!isMatch('ab-[1]'));
  assert.ok(!isMatch('a*-1'));
});

test('a line that goes on tells in which quote', () => {
  assert.deepEqual([readLine('ls ').isInWord, readLine('ls a').isInWord], [false, true]);
  assert.equal(readLine(`ls "a b`).quote, '"');
});

test('every name can be typed, bare and in each quote, and is then no pattern', () => {
  const name = fc.string({ minLength: 1 }).filter((text) => !/[\0\r\n]/.test(text));
  fc.assert(
    fc.property(name, fc.constantFrom<'' | "'" | '"'>('', "'", '"'), (text, mark) => {
      const [word, ...others] = wordsOf(`${mark}${quoted(text, mark === '' ? undefined : mark)}${mark}`);
      assert.deepEqual([word?.text, others.length], [text, 0]);
      assert.ok(compileGlob(word?.pattern ?? '', 0)(text));
    }),
  );
});
