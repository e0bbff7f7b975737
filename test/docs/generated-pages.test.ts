import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { limitsPage, protocolPage } from '../../scripts/pages.ts';

const page = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('docs/protocol.md is what the command table says (npm run docs)', async () => {
  assert.equal(await page('protocol.md'), protocolPage());
});

test('docs/limits.md is what the table of limits says (npm run docs)', async () => {
  assert.equal(await page('limits.md'), limitsPage());
});
