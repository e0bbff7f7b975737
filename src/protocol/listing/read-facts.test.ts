import assert from 'node:assert/strict';
import { test } from 'node:test';
import { multiline, reply } from '../reply.ts';
import { parseFactsReply } from './read-facts.ts';

test('the answer to MLST is read from the line within that holds facts', () => {
  const facts = { kind: 'file', size: 5 };
  assert.deepEqual(parseFactsReply({ code: 250, lines: ['Begin', ' type=file;size=5; /a b', 'End'] }), facts);
  assert.deepEqual(parseFactsReply({ code: 250, lines: ['Listing a=b; c', 'Type=file;Size=5; x', 'End'] }), facts);
  assert.deepEqual(parseFactsReply(reply(250, 'type=file;size=5; x')), facts);
  assert.deepEqual(parseFactsReply({ code: 250, lines: ['Begin', ' type=cdir; /', 'End'] }), {
    kind: 'directory',
    role: 'cdir',
  });
});

test('a refusal, and an answer without facts, are not understood', () => {
  assert.equal(parseFactsReply(reply(550, 'type=file; x')), undefined);
  assert.equal(parseFactsReply(multiline(250, 'Begin', ['x'], 'End')), undefined);
  assert.equal(parseFactsReply(reply(250, '')), undefined);
});
