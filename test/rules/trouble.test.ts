import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { searchAudit } from '../../src/operations/index.ts';
import { mountSmallMedium } from '../../src/testing/small-medium.ts';
import { serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

test('a full audit disk is told from memory while nothing can be recorded, once, and its end is told', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context));
  const { url, secretFile } = receiver;
  const trail = join(dataDir, 'audit');
  await mkdir(trail, { mode: 0o700 });
  await using medium = await mountSmallMedium(context, trail, '512k');
  if (!medium) return;
  const rules = [{ name: 'tell', when: ['trouble', 'trouble-ended'], do: [{ webhook: { url, secretFile } }] }];
  const environment = { LOCKPORT_RULES: JSON.stringify(rules) };
  const server = await serve(context, dataDir, ['--workers', '2'], { environment });
  await server.firstAccount();
  const filler = join(trail, 'filler');
  await writeFile(filler, Buffer.alloc(600_000)).catch(() => undefined);
  // Sessions are records that find no room.
  const fill = async () => {
    while (!server.log.some(({ message }) => String(message).startsWith("The audit trail can't be written"))) {
      await using _ = await server.connect();
    }
  };
  const isOf = (type: string) =>
    receiver.received.some((each) => each.type === type && each.data['code'] === 'audit-not-written');
  await fill();
  await receiver.until(() => isOf('lockport.trouble'));
  assert.ok(!server.log.some(({ message }) => message === 'The audit trail is written again'), 'told while it lasts');
  const began = receiver.received.find(({ data }) => data['code'] === 'audit-not-written');
  assert.match(String(began?.data['reason']), /ENOSPC/);

  await rm(filler);
  await receiver.until(() => isOf('lockport.trouble-ended'));
  // Its record is written after all, and is not told again: what came behind it has been.
  const of = receiver.received.filter(({ data }) => data['code'] === 'audit-not-written');
  assert.deepEqual(
    of.map(({ type }) => type),
    ['lockport.trouble', 'lockport.trouble-ended'],
  );
  const records = await Array.fromAsync(searchAudit(trail, { event: 'trouble.began' }));
  assert.ok(records.some(({ id }) => id === began?.id));
});
