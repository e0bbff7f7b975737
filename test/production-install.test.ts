import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

interface Lock {
  readonly packages: { readonly [path: string]: { readonly dev?: boolean } };
}

test('an install without development tools has the Node that runs a clone, and no tool, rival or compiler', async () => {
  const lock: Lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'));
  const production = Object.entries(lock.packages)
    .filter(([, { dev }]) => dev !== true)
    .map(([path]) => path);
  assert.ok(production.includes('node_modules/node'));
  for (const absent of ['typescript', 'oxlint', 'knip', 'fast-check', 'basic-ftp', 'ftp-srv', 'node-gyp']) {
    assert.ok(!production.includes(`node_modules/${absent}`), absent);
  }
});

test('neither an install for development nor one for production has the rivals of the benchmark', async () => {
  const lock = await readFile(new URL('../package-lock.json', import.meta.url), 'utf8');
  assert.ok(!lock.includes('"node_modules/ftp-srv"'));
});
