import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const DAY_MS = 86_400_000;

test('a time that came while the server was down is done once at the start, or not at all, and is replayed', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context));
  const { url, secretFile } = receiver;
  const nightly = {
    when: ['schedule'],
    at: '30 2 * * *',
    timeZone: 'Europe/Berlin',
    do: [{ webhook: { url, secretFile } }],
  };
  const rules = [
    { name: 'nightly', ...nightly },
    { name: 'strict', ...nightly, missed: 'skip' },
  ];
  const environment = { LOCKPORT_RULES: JSON.stringify(rules) };
  const first = await serve(context, dataDir, [], { environment });
  await first.firstAccount();
  first.signal('SIGTERM');
  await first.ended();

  const file = join(dataDir, 'told.json');
  const told = JSON.parse(await readFile(file, 'utf8'));
  for (const rule of ['nightly', 'strict']) told.schedules[rule].last -= 3 * DAY_MS;
  await writeFile(file, JSON.stringify(told));
  const second = await serve(context, dataDir, ['--workers', '2'], { environment });
  await receiver.until((received) => received.length === 1);
  const [run] = receiver.received;
  assert.equal(`${run?.type} ${String(run?.data['rule'])}`, 'lockport.schedule nightly');
  assert.match(String(run?.data['due']), /T0[01]:30:00\.000Z$/);
  await second.kill();

  await serve(context, dataDir, [], { environment });
  const replayed = await lockport(['rules', 'replay', 'nightly', '--since', '1h', '--data-dir', dataDir]);
  assert.equal(replayed.output, '1 events are acted on once more\n');
  await receiver.until((received) => received.length >= 2);
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 1);
  const strict = await lockport(['rules', 'replay', 'strict', '--since', '1h', '--data-dir', dataDir]);
  assert.equal(strict.output, '0 events are acted on once more\n');
});
