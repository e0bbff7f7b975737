import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VERBS } from './index.ts';

test('each verb is found by the name of its command', async () => {
  for (const [name, load] of VERBS.flatMap(({ verbs }) => Object.entries(verbs))) {
    assert.equal((await load())().name(), name);
  }
});
