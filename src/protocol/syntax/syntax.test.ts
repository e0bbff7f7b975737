import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oneOf, SyntaxFailure } from './syntax.ts';

const colour = oneOf({ R: 'red', ROT: 'red', B: 'blue' }, 504, 'Expected R or B');

test('a fixed word is read in any case, and its first form is written', () => {
  assert.equal(colour.parse('rot'), 'red');
  assert.equal(colour.format('red'), 'R');
});

test('another word fails with the code and the text given', () => {
  assert.throws(() => colour.parse('G'), new SyntaxFailure(504, 'Expected R or B'));
  assert.throws(() => colour.parse('constructor'), SyntaxFailure);
});
