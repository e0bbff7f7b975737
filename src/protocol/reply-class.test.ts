import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replyClass } from './reply-class.ts';

test('the first digit alone tells what a reply says', () => {
  assert.deepEqual([100, 199, 200, 299, 300, 399, 400, 499, 500, 599].map(replyClass), [
    'preliminary',
    'preliminary',
    'completion',
    'completion',
    'intermediate',
    'intermediate',
    'transient',
    'transient',
    'permanent',
    'permanent',
  ]);
});

test('a protected reply, which nothing here can read, is a refusal', () => {
  assert.equal(replyClass(631), 'permanent');
});
