import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { runtimeProblem } from './runtime.ts';

test('a Node before 22.18 is too old, and every later one is new enough', () => {
  for (const old of ['18.20.8', '20.20.2', '22.0.0', '22.17.1']) {
    assert.equal(runtimeProblem({ node: old }), `lockport needs Node 22.18 or later; this is v${old}`);
  }
  for (const fine of ['22.18.0', '22.21.1', '23.0.0', '24.0.0', '26.1.0']) {
    assert.equal(runtimeProblem({ node: fine }), undefined);
  }
});

test('Bun is refused by its name, whatever Node it says that it is', () => {
  assert.match(runtimeProblem({ node: '24.3.0', bun: '1.4.5' }) ?? '', /this is Bun 1\.4\.5/);
});

test('the package asks for the same Node', async () => {
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'));
  const asked = String(engines.node).replace('>=', '');
  assert.equal(runtimeProblem({ node: `${asked}.0` }), undefined);
  const [major = 0, minor = 0] = asked.split('.').map(Number);
  assert.notEqual(runtimeProblem({ node: `${major}.${minor - 1}.9` }), undefined);
});
