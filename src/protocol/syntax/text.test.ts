import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noArgument, optionalText, text, wordAndRest } from './text.ts';

test('a command without arguments takes spaces and nothing else', () => {
  assert.equal(noArgument.parse(' '), undefined);
  assert.throws(() => noArgument.parse('x'), { code: 501 });
});

test('a text keeps its spaces at both ends and may not be empty', () => {
  assert.equal(text.parse(' a b '), ' a b ');
  assert.throws(() => text.parse(''), { code: 501 });
  assert.equal(optionalText.parse(''), '');
});

test('a word is upper-cased, and what follows one space is left as it is', () => {
  assert.deepEqual(wordAndRest.parse('utf8 on'), { word: 'UTF8', rest: 'on' });
  assert.deepEqual(wordAndRest.parse('mlst  Type;'), { word: 'MLST', rest: ' Type;' });
  assert.deepEqual(wordAndRest.parse('help'), { word: 'HELP', rest: '' });
  for (const argument of ['', ' help', 'hélp']) assert.throws(() => wordAndRest.parse(argument), { code: 501 });
});
