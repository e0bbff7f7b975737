import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { searchAudit } from '../../src/operations/index.ts';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';
import { mailServer, type ReceivedMail } from './mail-receiver.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().replace(/\.\d+Z/, 'Z');

function asEnvironment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(settings).map(([key, value]) => [`LOCKPORT_${key}`, value]));
}

for (const workers of [1, 2]) {
  test(`a quota that is passed is told once, through a kill, and again once less was used (workers: ${workers})`, async (context) => {
    const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context));
    const { url, secretFile } = receiver;
    const hook = [{ webhook: { url, secretFile } }];
    const rules = [
      { name: 'near', when: ['quota-passed'], percent: [95, 100], do: hook },
      { name: 'low', when: ['quota-passed'], percent: [80], accounts: ['alice'], do: hook },
    ];
    const settings = { RULES: JSON.stringify(rules), STORAGE_DURABILITY: 'fast' };
    const { server } = await startWorkers(context, { workers, settings, account: { quota: { bytes: 1000 } } });
    /** What came, each once, however often it was sent. */
    const heard = () =>
      [
        ...new Set(
          receiver.received.map(({ id, data: { rule, account, percent } }) => [rule, account, percent, id].join(' ')),
        ),
      ]
        .map((each) => each.split(' ').slice(0, 3).join(' '))
        .toSorted();
    {
      await using client = await server.connect();
      await client.signIn('alice', 'wonderland-wonderland');
      await client.upload('STOR a', 'x'.repeat(500));
      await client.upload('STOR b', 'x'.repeat(460));
      await receiver.until((received) => received.length === 2);
      assert.deepEqual(heard(), ['low alice 95', 'near alice 95']);
      await client.upload('STOR c', 'x'.repeat(40));
    }
    // Before or after the next look.
    await server.kill();

    const args = ['--workers', String(workers)];
    const again = await serve(context, server.dataDir, args, { environment: asEnvironment(settings) });
    // Both accounts share the home: the start counts it for bob, too.
    await receiver.until(() => heard().length === 4);
    assert.deepEqual(heard(), ['low alice 95', 'near alice 100', 'near alice 95', 'near bob 100']);
    await using client = await again.connect();
    await client.signIn('alice', 'wonderland-wonderland');
    const marks = async () => JSON.parse(await readFile(join(server.dataDir, 'told.json'), 'utf8')).quotas;
    while ((await marks())['alice'] !== 100) await setTimeout(50);
    await client.expect(250, 'DELE a');
    // Until the look that finds less.
    while ((await marks())['alice'] !== undefined) await setTimeout(50);
    await client.upload('STOR a', 'x'.repeat(310));
    await receiver.until(() => heard().includes('low alice 80'));
    assert.equal(heard().length, 5);
    const records = await Array.fromAsync(
      searchAudit(join(server.dataDir, 'audit'), { event: 'quota.passed', account: 'alice' }),
    );
    assert.deepEqual(
      records.map(({ marks }) => marks),
      [[80, 95], [100], [80]],
    );
  });
}

test('an account that expires is told of by e-mail once, through a kill and a restart', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const mails: ReceivedMail[] = [];
  let onMail: () => void = () => undefined;
  const mail = await mailServer(context, (each) => {
    mails.push(each);
    onMail();
  });
  /** Each once: a kill can have one sent again. */
  const subjects = () => new Set(mails.map(({ source }) => /^Subject: (\S+ ends in \d+ days)/m.exec(source)?.[1]));
  const until = async (count: number) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    onMail = () => subjects().size >= count && resolve();
    onMail();
    await promise;
  };
  const subject = '{account} ends in {days} days, at {until}';
  const rules = [
    {
      name: 'soon',
      when: ['account-expires'],
      daysBefore: [60, 7],
      do: [{ mail: { to: ['ops@example.org'], subject } }],
    },
  ];
  const environment = asEnvironment({ RULES: JSON.stringify(rules), ...mail });
  let server = await serve(context, dataDir, [], { environment });
  await server.firstAccount();
  const add = async (name: string, days: number) => {
    const words = ['user', 'add', name, '--generate-password', '--expires', inDays(days), '--data-dir', dataDir];
    const { code, errors } = await lockport(words);
    assert.equal(code, 0, errors);
  };
  await add('anna', 50);
  await add('bert', 100);
  server.signal('SIGHUP');
  await until(1);
  await server.kill();
  await add('carl', 5);
  server = await serve(context, dataDir, [], { environment });
  await until(2);
  assert.deepEqual([...subjects()], ['anna ends in 50 days', 'carl ends in 5 days']);
  const records = await Array.fromAsync(searchAudit(join(dataDir, 'audit'), { event: 'account.expires' }));
  assert.deepEqual(
    records.map(({ account, marks }) => [account, marks]),
    [
      ['anna', [60]],
      ['carl', [60, 30, 14, 7]],
    ],
  );
});
