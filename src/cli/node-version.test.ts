import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { isNodeNewEnough, OLDEST_NODE } from './node-version.ts';

test('a Node before 22.18 is too old, and every later one is new enough', () => {
  for (const old of ['18.20.8', '20.20.2', '22.0.0', '22.17.1']) assert.equal(isNodeNewEnough(old), false, old);
  for (const fine of ['22.18.0', '22.21.1', '23.0.0', '24.0.0', '26.1.0'])
    assert.equal(isNodeNewEnough(fine), true, fine);
});

test('the package asks for the same Node', async () => {
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  assert.equal(engines.node, `>=${OLDEST_NODE}`);
});
