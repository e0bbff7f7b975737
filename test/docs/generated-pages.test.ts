import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pages } from '../../bench/report/index.ts';
import { withRoutesTable } from '../../scripts/api-page.ts';
import { exitCodesTable, limitsPage, metricsTable, protocolPage } from '../../scripts/pages.ts';

const page = (name: string) => readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

test('docs/protocol.md is what the command table says (npm run docs)', async () => {
  assert.equal(await page('protocol.md'), protocolPage());
});

test('docs/limits.md is what the table of limits says (npm run docs)', async () => {
  assert.equal(await page('limits.md'), limitsPage());
});

test('docs/api.md shows every route as the tables say (npm run docs)', async () => {
  const written = await page('api.md');
  assert.equal(written, withRoutesTable(written));
});

test('docs/monitoring.md shows every metric as the table says (npm run docs)', async () => {
  assert.ok((await page('monitoring.md')).includes(`\n${metricsTable()}\n`));
});

test('docs/command-line.md shows the exit codes as they are', async () => {
  assert.ok((await page('command-line.md')).includes(`\n${exitCodesTable()}\n`), exitCodesTable());
});

test('docs/command-line.md explains every check of the doctor, and no other', async () => {
  const rooms = new URL('../../src/client/doctor/', import.meta.url);
  const files = (await readdir(rooms, { recursive: true })).filter((name) => /(?<!\.test)\.ts$/.test(name));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, rooms), 'utf8')));
  const checks = namesIn(sources.join('\n'), /\bcheck(?::| =) '([\w-]+)'/g);
  const [, chapter = ''] = (await page('command-line.md')).split('\n## What is wrong with a server: doctor\n');
  const [table = ''] = chapter.split('\n## ');
  assert.deepEqual(namesIn(table, /^\| `([\w-]+)` /gm), checks);
});

test('docs/performance.md, its plots and the table of README.md are what docs/performance.json says (npm run docs)', async () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  for (const [file, text] of await pages(root)) {
    assert.equal(await readFile(new URL(`../../${file}`, import.meta.url), 'utf8'), text, file);
  }
});

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name = '']) => name))].sort();
}
