import assert from 'node:assert/strict';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Account, ROOT } from '../../src/core/index.ts';
import type { ShownRule } from '../../src/service/index.ts';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const TO_ARCHIVE = { move: { to: '/archive/{account}/{name}' } };

for (const workers of [1, 2]) {
  test(`a file is moved as it arrives, the webhook behind gets its new path, and no rule is started by it (workers: ${workers})`, async (context) => {
    const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context));
    const { url, secretFile } = receiver;
    const webhook = { webhook: { url, secretFile } };
    const rules = [
      { name: 'archive', when: ['uploaded', 'renamed'], do: [TO_ARCHIVE, webhook] },
      { name: 'others', when: ['uploaded', 'renamed', 'removed'], paths: ['/archive/**'], do: [webhook] },
    ];
    const settings = { RULES: JSON.stringify(rules) };
    // The rule is the administrator's: the account itself may not rename.
    const account: Partial<Account> = { rights: [{ path: ROOT, rights: ['list', 'upload'] }] };
    const server = await startWorkers(context, { workers, settings, account });
    await using client = await server.signIn();
    await client.upload('STOR first.xml', 'content');
    await receiver.until((received) => received.length === 1);
    await client.upload('STOR second.xml', 'content');
    await receiver.until((received) => received.length === 2);
    assert.deepEqual(
      receiver.received.map(({ type, data }) => [type, data['rule'], data['path'], data['from'], data['file']]),
      [
        ['lockport.uploaded', 'archive', '/archive/alice/first.xml', '/first.xml', undefined],
        ['lockport.uploaded', 'archive', '/archive/alice/second.xml', '/second.xml', undefined],
      ],
    );
    assert.deepEqual(new Set(await readdir(join(server.root, 'archive/alice'))), new Set(['first.xml', 'second.xml']));
    const { dataDir } = server.server;
    const search = [
      'audit',
      'search',
      '--data-dir',
      dataDir,
      '--event',
      'rule.acted',
      '--path',
      '/first.xml',
      '--json',
    ];
    const { output } = await lockport(search);
    const { rule, account: whose, change, to, session } = JSON.parse(output.trim());
    assert.deepEqual(
      [rule, whose, change, to, session],
      ['archive', 'alice', 'renamed', '/archive/alice/first.xml', undefined],
    );
  });
}

test('a file that was downloaded whole is removed, and one of which a part was asked for stays', async (context) => {
  const rules = [{ name: 'fetched', when: ['downloaded'], do: [{ remove: {} }] }];
  const server = await startWorkers(context, { workers: 1, settings: { RULES: JSON.stringify(rules) } });
  await using client = await server.signIn();
  for (const name of ['part', 'end', 'whole']) await client.upload(`STOR ${name}`, 'content');
  await client.expect(350, 'REST 3');
  await client.download('RETR part');
  await client.expect(350, 'REST 7');
  await client.download('RETR end');
  await client.expect(350, 'RANG 0 2');
  await client.download('RETR part');
  await client.download('RETR whole');
  await server.server.event(({ event, path }) => event === 'rule.acted' && path === '/whole');
  const left = (await readdir(server.root)).filter((name) => !name.startsWith('.'));
  assert.deepEqual(new Set(left), new Set(['end', 'part']));
});

test('files that were acknowledged are moved through kill -9, each once, and none is lost', async (context) => {
  const rules = [{ name: 'archive', when: ['uploaded'], do: [{ move: { to: '/archive/{name}' } }] }];
  const settings = { RULES: JSON.stringify(rules) };
  const started = await startWorkers(context, { workers: 1, settings });
  const { server, root } = started;
  const names: string[] = [];
  {
    await using client = await started.signIn();
    for (let count = 0; count < 40; count += 1) {
      await client.upload(`STOR file-${count}`, `content ${count}`);
      names.push(`file-${count}`);
    }
    await server.kill();
  }
  await serve(context, server.dataDir, [], { environment: { LOCKPORT_RULES: settings.RULES } });
  const archived = () => readdir(join(root, 'archive')).catch(() => []);
  while ((await archived()).length < names.length) await setTimeout(10);
  assert.deepEqual(new Set(await archived()), new Set(names));
  for (const [count, name] of names.entries()) {
    assert.equal(await readFile(join(root, 'archive', name), 'utf8'), `content ${count}`);
  }
});

test('what a rule would do with a file is shown, with the paths that are filled in', async (context) => {
  const directory = await temporaryDirectory(context);
  const event = join(directory, 'event.json');
  await writeFile(
    event,
    JSON.stringify({ kind: 'uploaded', account: 'alice', path: '/in/a.b.xml', at: '2026-11-30T12:00:00Z' }),
  );
  const actions = [
    { rename: { to: '{stem}-{year}{month}{day}{extension}' } },
    { copy: { to: '/copies/{path}' } },
    { move: { to: '/archive/{directory}/{name}' } },
    { remove: {} },
  ];
  const file = join(directory, 'lockport.yaml');
  await writeFile(file, JSON.stringify({ rules: [{ name: 'a', when: ['uploaded'], do: actions }] }));
  const shown = await lockport(['rules', 'test', event, '--config', file, '--data-dir', directory]);
  assert.deepEqual(shown.output.trim().split('\n'), [
    'a: fits',
    '  rename "/in/a.b.xml" to "/in/a.b-20261130.xml"',
    '  copy "/in/a.b-20261130.xml" to "/copies/in/a.b-20261130.xml"',
    '  move "/in/a.b-20261130.xml" to "/archive/in/a.b-20261130.xml"',
    '  remove "/archive/in/a.b-20261130.xml"',
  ]);
});

test('files are removed some time after their upload, by the rule as it is then, through a restart, and not before by a replay', async (context) => {
  const purge = (name: string, after: string) => ({
    name,
    when: ['uploaded'],
    paths: [`/${name}-*`],
    after,
    do: [{ remove: {} }],
  });
  const settings = { RULES: JSON.stringify([purge('late', '1d'), purge('soon', '1s')]) };
  const { server, root } = await startWorkers(context, { workers: 1, settings });
  const isThere = async (name: string) => (await readdir(root)).includes(name);
  await using client = await server.connect();
  await client.signIn('alice', 'wonderland-wonderland');
  for (const name of ['late-1', 'late-2', 'soon-1']) await client.upload(`STOR ${name}`, 'content');
  await client.upload('STOR late-2', 'uploaded anew');
  await server.event(({ event, path }) => event === 'rule.acted' && path === '/soon-1');
  assert.deepEqual([await isThere('soon-1'), await isThere('late-1'), await isThere('late-2')], [false, true, true]);
  const replayed = await lockport(['rules', 'replay', 'late', '--since', '1d', '--data-dir', server.dataDir]);
  assert.match(replayed.output, /^0 events/);
  await server.kill();
  // Another one of the name, put there while the server was down.
  await rm(join(root, 'late-2'));
  await writeFile(join(root, 'late-2'), 'put there by others');
  const environment = { LOCKPORT_RULES: JSON.stringify([purge('late', '1s')]) };
  const again = await serve(context, server.dataDir, [], { environment });
  await again.event(({ event, path }) => event === 'rule.acted' && path === '/late-1');
  for (let left = 1; left > 0; ) {
    const { output } = await lockport(['rules', 'list', '--json', '--data-dir', server.dataDir]);
    const [rule] = (JSON.parse(output) as { readonly rules: readonly ShownRule[] }).rules;
    left = (rule?.behind ?? 0) + (rule?.undelivered ?? 0);
  }
  assert.deepEqual([await isThere('late-1'), await isThere('late-2')], [false, true]);
});
