import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ServiceStatus, ShownRule } from '../../src/service/index.ts';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { metricsPort, metricsWhen } from '../monitoring/scrape.ts';
import { startWorkers } from '../workers/workers.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

test('dead letters are listed and tried again, and what happened is acted on once more, with the same ids', async (context) => {
  let isAway = true;
  const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context), {
    answer: () => (isAway ? 410 : 204),
  });
  const { url, secretFile } = receiver;
  const rules = [{ name: 'hook', when: ['uploaded'], do: [{ webhook: { url, secretFile } }] }];
  const { server } = await startWorkers(context, {
    workers: 1,
    settings: { RULES: JSON.stringify(rules) },
    args: ['--metrics-port', '0'],
  });
  await using client = await server.connect();
  await client.signIn('alice', 'wonderland-wonderland');
  await client.upload('STOR file', 'content');
  await server.event(({ message }) => /^The rule hook gave up .*answered 410/.test(String(message)));
  const where = ['--data-dir', server.dataDir];

  const listed = await lockport(['rules', 'list', 'hook', '--json', ...where]);
  const [rule] = (JSON.parse(listed.output) as { readonly rules: readonly ShownRule[] }).rules;
  assert.equal(rule?.deadLetters, 1);
  const [letter] = rule?.dead ?? [];
  assert.equal(letter?.event.path, '/file');
  assert.match(letter?.reason ?? '', /answered 410/);
  assert.deepEqual(
    rule?.recent.map(({ outcome }) => outcome),
    ['dead'],
  );
  assert.match(
    (await lockport(['rules', 'list', 'hook', ...where])).output,
    /^hook {2}uploaded {2}webhook {2}0 .*\n\n.*\n.*\/file/m,
  );

  const status = await lockport(['status', '--json', ...where]);
  const { attention } = JSON.parse(status.output) as ServiceStatus;
  assert.match(
    attention.find(({ code }) => code === 'dead-letters')?.message ?? '',
    /^The rule hook has given up an event/,
  );
  const port = await metricsPort(server);
  // The server records that there are dead letters, which the rule reads past.
  const counted = await metricsWhen(port, (metrics) => metrics.get('lockport_rule_unread_records{rule="hook"}') === 0);
  for (const [series, value] of [
    ['attempts_total{rule="hook",outcome="dead"}', 1],
    ['attempts_total{rule="hook",outcome="delivered"}', 0],
    ['dead_letters{rule="hook"}', 1],
    ['undelivered_events{rule="hook"}', 0],
    ['oldest_seconds{rule="hook"}', 0],
    ['unread_records{rule="hook"}', 0],
  ] as const) {
    assert.equal(counted.get(`lockport_rule_${series}`), value, series);
  }
  const [backup, restored] = [join(server.dataDir, 'backup.age'), join(server.dataDir, 'restored')];
  const input = 'a passphrase for tests';
  for (const verb of [
    ['backup', backup, ...where],
    ['restore', backup, '--data-dir', restored],
  ]) {
    const { code, errors } = await lockport([...verb, '--passphrase-stdin'], { input });
    assert.equal(code, 0, errors);
  }
  assert.match(await readFile(join(restored, 'rules', 'hook.dead.jsonl'), 'utf8'), /"path":"\/file"/);

  isAway = false;
  const retried = await lockport(['rules', 'retry', 'hook', ...where]);
  assert.equal(retried.output, '1 events are tried again, 0 dead letters are left\n');
  await receiver.until((received) => received.length === 2);
  await metricsWhen(port, (metrics) => metrics.get('lockport_rule_dead_letters{rule="hook"}') === 0);
  const replayed = await lockport(['rules', 'replay', 'hook', '--since', '1h', ...where]);
  assert.equal(replayed.output, '1 events are acted on once more\n');
  await receiver.until((received) => received.length === 3);
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 1);
  assert.equal(receiver.received[0]?.id, letter?.event.id);

  const unknown = await lockport(['rules', 'list', 'hok', ...where]);
  assert.match(unknown.errors, /There is no rule hok/);
  assert.notEqual(unknown.code, 0);
});

test('a rule is tried on an event without a server, and does nothing', async (context) => {
  const directory = await temporaryDirectory(context);
  const file = join(directory, 'event.json');
  await writeFile(file, JSON.stringify({ kind: 'uploaded', account: 'alice', groups: ['clinics'], path: '/in/a.xml' }));
  const run = ['/bin/false', '--', '{name}', '{account}'];
  const rules = [
    { name: 'one', when: ['uploaded'], groups: ['clinics'], paths: ['/in/*'], do: [{ command: { run } }] },
    { name: 'other', when: ['uploaded'], accounts: ['bob'], do: [{ command: { run } }] },
    { name: 'tidy-up', when: ['uploaded'], after: '30d', do: [{ remove: {} }] },
  ];
  const environment = { LOCKPORT_RULES: JSON.stringify(rules) };
  const { output, code } = await lockport(['rules', 'test', file], { environment });
  assert.equal(
    output,
    'one: fits\n  command "/bin/false" "--" "a.xml" "alice"\nother: does not fit\ntidy-up: fits after 30d\n  remove "/in/a.xml"\n',
  );
  assert.equal(code, 0);
  await writeFile(file, JSON.stringify({ kind: 'uploded' }));
  const wrong = await lockport(['rules', 'test', file], { environment });
  assert.match(wrong.errors, /kind/);
  assert.equal(wrong.code, 2);
});
