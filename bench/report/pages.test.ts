import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scenarios } from '../scenarios/index.ts';
import { targets } from '../targets.ts';
import { pages, RESULTS_FILE, writePages, writeReport } from './index.ts';
import { resultsOf, scenarioOf } from './results-fixture.test.ts';

const ROOT = new URL('../..', import.meta.url);
const cpu = { metric: 'server CPU down', unit: 'CPU-s/GB', better: 'lower' } as const;
const results = resultsOf(scenarioOf('download', cpu, { Lockport: [0.2, 0.25, 0.3], vsftpd: [0.5, 0.5, 0.5] }));

/** A clone with the pages that people wrote. */
async function cloneOf(context: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'lockport-report-'));
  context.after(() => rm(root, { recursive: true }));
  await mkdir(join(root, 'docs/performance'), { recursive: true });
  for (const file of ['README.md', 'docs/performance.md']) await cp(new URL(file, ROOT), join(root, file));
  await writeFile(join(root, 'docs/performance/old.svg'), '');
  return root;
}

test('the results of a run are kept with its machine, and the pages are made of them', async (context) => {
  const root = await cloneOf(context);
  await writeReport(results, root);
  assert.deepEqual(JSON.parse(await readFile(join(root, RESULTS_FILE), 'utf8')), results);
  const page = await readFile(join(root, 'docs/performance.md'), 'utf8');
  assert.match(
    page,
    /\| at most 0\.4 x vsftpd \| 0\.500 x \| 0\.250 CPU-s\/GB to 0\.500 \(vsftpd\) \| \*\*missed\*\* \|/,
  );
  assert.match(page, /\| machine \| a processor, 2 cores, 4\.00 GiB of memory \|/);
  assert.match(page, /## How it is measured/, 'what people wrote stays');
  assert.deepEqual(await readdir(join(root, 'docs/performance')), ['download.svg'], 'plots of other runs go');
});

test('the table of README.md has the figures of the run, and its other rows stay', async (context) => {
  const root = await cloneOf(context);
  const before = (await readFile(join(root, 'README.md'), 'utf8')).split('\n');
  await writeReport(results, root);
  const after = (await readFile(join(root, 'README.md'), 'utf8')).split('\n');
  const changed = after.filter((line, index) => line !== before[index]).map((line) => line.replaceAll(/ +/g, ' '));
  assert.deepEqual(changed, [
    '| CPU for 1 GB down | 0.25 s (client not measured) | 0.50 s | not measured | not measured | not measured (client) |',
    '| memory of an idle session | not measured | not measured | not measured | not measured | – |',
    '| CPU for a file of 4 KiB down | not measured (client not measured) | not measured | not measured | not measured | not measured (client) |',
  ]);
});

test('the pages that are there are those that would be made', async (context) => {
  const root = await cloneOf(context);
  await writeReport(results, root);
  const made = await pages(root);
  assert.deepEqual([...made.keys()].sort(), ['README.md', 'docs/performance.md', 'docs/performance/download.svg']);
  for (const [file, text] of made) assert.equal(await readFile(join(root, file), 'utf8'), text);
});

test('without results nothing is written', async (context) => {
  const root = await cloneOf(context);
  const before = await readFile(join(root, 'README.md'), 'utf8');
  await writePages(root);
  assert.equal(await readFile(join(root, 'README.md'), 'utf8'), before);
  assert.deepEqual(await readdir(join(root, 'docs/performance')), ['old.svg']);
});

test('every target is one of a scenario that there is, and that takes five rounds or more', () => {
  const rounds = new Map(scenarios.map((scenario) => [scenario.name, scenario.rounds ?? 5]));
  for (const { scenario, beside } of targets) {
    for (const name of [scenario, ...(typeof beside === 'object' && 'subject' in beside ? [beside.scenario] : [])]) {
      assert.ok((rounds.get(name) ?? 0) >= 5, name);
    }
  }
});
