import assert from 'node:assert/strict';
import { access, constants, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { METRICS } from '../../src/operations/index.ts';
import { MissingProgram, skipWithoutPrograms, type Tool, toolAt } from '../interop/tool.ts';
import { startWorkers } from '../workers/workers.ts';
import { metricsPort, scrape } from './scrape.ts';

const ALERTS = fileURLToPath(new URL('../../docs/monitoring/alerts.yaml', import.meta.url));
const ALERT_TESTS = fileURLToPath(new URL('../../docs/monitoring/alerts.test.yaml', import.meta.url));
const DASHBOARD = new URL('../../docs/monitoring/dashboard.json', import.meta.url);

test('promtool finds nothing to object to on a page of a server that has served', (context) =>
  skipWithoutPrograms(context, async () => {
    const promtool = await findPromtool();
    const rules = [{ name: 'tell', when: ['uploaded'], do: [{ command: { run: ['/bin/true'] } }] }];
    const settings = { METRICS_PER_ACCOUNT: 'true', RULES: JSON.stringify(rules) };
    const account = { quota: { bytes: 100_000 } };
    const server = await startWorkers(context, { args: ['--metrics-port', '0'], settings, account });
    await using client = await server.signIn();
    await client.upload('STOR file', 'whole');
    const { body } = await scrape(await metricsPort(server.server), '/metrics');
    const { code, output, errors } = await promtool.attempt(['check', 'metrics'], body);
    assert.deepEqual([code, output, errors], [0, '', '']);
    const shown = new Set([...body.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name]) => name));
    assert.deepEqual(
      METRICS.filter(({ name }) => !shown.has(name)).map(({ name }) => name),
      [],
    );
  }));

test('the alert rules are right, and fire when they should and not before', (context) =>
  skipWithoutPrograms(context, async () => {
    const promtool = await findPromtool();
    await promtool.run(['check', 'rules', ALERTS]);
    await promtool.run(['test', 'rules', ALERT_TESTS]);
  }));

test('dashboard and rules name no metric and no label that there is not', async () => {
  const known = new Map(METRICS.map((row) => [row.name, row]));
  const texts = await Promise.all([ALERTS, ALERT_TESTS, DASHBOARD].map((file) => readFile(file, 'utf8')));
  const named = new Set(texts.flatMap((text) => text.match(/\blockport_\w+/g) ?? []));
  const unknown = [...named].filter((name) => !known.has(name) && !known.has(name.replace(/_(bucket|sum|count)$/, '')));
  assert.deepEqual(unknown, []);
  // An operator finds each of them on the dashboard.
  const dashboard = texts[2] ?? '';
  assert.deepEqual(
    METRICS.filter(({ name }) => !dashboard.includes(name)).map(({ name }) => name),
    [],
  );
  const { panels } = JSON.parse(dashboard) as { readonly panels: readonly { readonly id: number }[] };
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
});

async function findPromtool(): Promise<Tool> {
  const path = fileURLToPath(new URL('../../.test-tools/usr/bin/promtool', import.meta.url));
  await access(path, constants.X_OK).catch(() => {
    throw new MissingProgram(`promtool in ${dirname(path)}`);
  });
  return toolAt(path);
}
