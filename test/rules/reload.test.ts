import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** A server whose rules are in a file. */
async function start(context: TestContext, workers: number) {
  const directory = await temporaryDirectory(context);
  const receiver = await WebhookReceiver.start(context, directory);
  const file = join(directory, 'lockport.yaml');
  const { url, secretFile } = receiver;
  const write = (names: readonly string[], when = 'uploaded') =>
    writeFile(
      file,
      JSON.stringify({ rules: names.map((name) => ({ name, when: [when], do: [{ webhook: { url, secretFile } }] })) }),
    );
  await write([]);
  const { server } = await startWorkers(context, { workers, settings: { CONFIG: file } });
  return { server, receiver, write };
}

for (const workers of [1, 2]) {
  test(`a reload brings rules and takes them away, and one that can not be understood changes nothing (workers: ${workers})`, async (context) => {
    const { server, receiver, write } = await start(context, workers);
    await using client = await server.connect();
    await client.signIn('alice', 'wonderland-wonderland');
    await client.upload('STOR before', '1');
    const logged = (pattern: RegExp, times: number) =>
      server.event(() => server.log.filter(({ message }) => pattern.test(String(message))).length >= times);

    await write(['one']);
    server.signal('SIGHUP');
    await logged(/are reloaded/, 1);
    await client.upload('STOR first', '1');
    await receiver.until((received) => received.length === 1);

    await write(['one'], 'uploded');
    server.signal('SIGHUP');
    await logged(/lockport\.yaml:1:\d+: rules\[0\]\.when\[0\]: expected one of uploaded/, 1);
    await client.upload('STOR second', '1');
    await receiver.until((received) => received.length === 2);

    await write(['other']);
    server.signal('SIGHUP');
    await logged(/are reloaded/, 2);
    await client.upload('STOR third', '1');
    await receiver.until((received) => received.length === 3);
    assert.deepEqual(
      receiver.received.map(({ data: { rule, path } }) => [rule, path].join(' ')),
      ['one /first', 'one /second', 'other /third'],
    );
    await logged(/^The rule one is no more/, 1);
  });
}
