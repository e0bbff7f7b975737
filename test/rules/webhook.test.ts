import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { testAuthority, testCertificate } from '../../src/testing/certificates.ts';
import { done, exchange, fileFrames } from '../bundle/raw-bundle.ts';
import { temporaryDirectory } from '../cli/lockport-process.ts';
import { startWorkers } from '../workers/workers.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

const FAST = { LIMITS_RULE_RETRY_MS: '1000', LIMITS_MAX_RULE_RETRY_MS: '1000', LIMITS_RULE_GIVE_UP_MS: '1000' };

for (const workers of [1, 2]) {
  test(`a webhook hears of each upload that is complete, under its final name, and of no other (workers: ${workers})`, async (context) => {
    const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context));
    const { url, secretFile } = receiver;
    const rules = [
      { name: 'hook', when: ['uploaded', 'removed'], paths: ['/**/*.xml'], do: [{ webhook: { url, secretFile } }] },
    ];
    const server = await startWorkers(context, { workers, settings: { RULES: JSON.stringify(rules) } });
    await using client = await server.signIn();
    await client.upload('STOR a.xml', 'one');
    await client.upload('STOR b.txt', 'not asked for');
    await client.upload('STOR c.xml.part', 'two');
    await client.expect(350, 'RNFR c.xml.part');
    await client.expect(250, 'RNTO c.xml');
    await client.expect(257, 'MKD sub');
    await client.upload('APPE sub/d.xml', 'three');
    {
      // A TLS stream that is cut is a broken upload.
      const data = await client.data(await client.passive());
      await client.expect(150, 'STOR broken.xml');
      await data.write(Buffer.from('half'));
      data.reset();
      await client.expect(426);
    }
    await client.expect(250, 'DELE a.xml');
    await receiver.until((received) => received.some(({ type }) => type === 'lockport.removed'));
    await receiver.until((received) => received.length >= 4);
    const heard = receiver.received.map(({ type, data: { path, bytes, account } }) =>
      [type, path, bytes, account].join(' '),
    );
    assert.deepEqual(heard.toSorted(), [
      'lockport.removed /a.xml 3 alice',
      'lockport.uploaded /a.xml 3 alice',
      'lockport.uploaded /c.xml 3 alice',
      'lockport.uploaded /sub/d.xml 5 alice',
    ]);
    assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 4);
    assert.equal(receiver.forged, 0);
  });
}

test('a bundle is an upload for each of its files that is stored, and for no other', async (context) => {
  const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context));
  const { url, secretFile } = receiver;
  const rules = [{ name: 'hook', when: ['uploaded'], do: [{ webhook: { url, secretFile } }] }];
  const server = await startWorkers(context, { workers: 2, settings: { RULES: JSON.stringify(rules) } });
  await using client = await server.signIn();
  const files = ['a', 'b.part', 'missing/c', 'd'].map((name) => fileFrames(name, `content of ${name}`));
  await exchange(client, 'BNDL STOR', { bytes: Buffer.concat([...files, done(4)]) });
  await client.upload('STOR last', 'x');
  await receiver.until((received) => received.some(({ data }) => data['path'] === '/last'));
  await receiver.until((received) => received.length >= 3);
  assert.deepEqual(receiver.received.map(({ data }) => String(data['path'])).toSorted(), ['/a', '/d', '/last']);
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 3);
});

test('what a receiver refuses is sent again with the same id, and does not hold up what follows', async (context) => {
  const receiver = await WebhookReceiver.start(context, await temporaryDirectory(context), {
    answer: ({ data }) => (data['path'] === '/first' && receiver.received.length < 3 ? 503 : 200),
  });
  const { url, secretFile } = receiver;
  const rules = [{ name: 'hook', when: ['uploaded'], do: [{ webhook: { url, secretFile } }] }];
  const settings = { RULES: JSON.stringify(rules), ...FAST, LIMITS_RULE_GIVE_UP_MS: '60000' };
  const server = await startWorkers(context, { workers: 1, settings });
  await using client = await server.signIn();
  await client.upload('STOR first', '1');
  await receiver.until((received) => received.length >= 1);
  await client.upload('STOR second', '2');
  await receiver.until((received) => received.length >= 3);
  assert.deepEqual(
    receiver.received.map(({ data }) => data['path']),
    ['/first', '/second', '/first'],
  );
  const [first, , again] = receiver.received;
  assert.equal(first?.id, again?.id);
});

test('a receiver whose certificate nobody trusts gets nothing, and one of a named authority gets it', async (context) => {
  const directory = await temporaryDirectory(context);
  const authority = await testAuthority();
  const authorityFile = join(directory, 'authority.pem');
  await writeFile(authorityFile, authority.certificate);
  const tls = await testCertificate(['127.0.0.1'], { ca: authority });
  const receiver = await WebhookReceiver.start(context, directory, { tls });
  const { url, secretFile } = receiver;
  const rules = [
    { name: 'trusting', when: ['uploaded'], do: [{ webhook: { url, secretFile, authorities: [authorityFile] } }] },
    { name: 'doubting', when: ['uploaded'], do: [{ webhook: { url, secretFile } }] },
  ];
  const settings = { RULES: JSON.stringify(rules), ...FAST };
  const server = await startWorkers(context, { workers: 1, settings });
  await using client = await server.signIn();
  await client.upload('STOR file', '1');
  await server.server.event(({ message }) => /^The rule doubting gave up .*certificate/.test(String(message)));
  await receiver.until((received) => received.length === 1);
  assert.deepEqual(
    receiver.received.map(({ data }) => data['rule']),
    ['trusting'],
  );
});

test('an answer that leads elsewhere is not followed', async (context) => {
  const directory = await temporaryDirectory(context);
  const elsewhere = await WebhookReceiver.start(context, directory);
  const receiver = await WebhookReceiver.start(context, directory, {
    answer: (_, response) => void response.writeHead(307, { location: elsewhere.url }).end(),
  });
  const { url, secretFile } = receiver;
  const rules = [{ name: 'hook', when: ['uploaded'], do: [{ webhook: { url, secretFile } }] }];
  const settings = { RULES: JSON.stringify(rules), ...FAST };
  const server = await startWorkers(context, { workers: 1, settings });
  await using client = await server.signIn();
  await client.upload('STOR file', '1');
  await server.server.event(({ message }) => /gave up .*redirects are not followed/.test(String(message)));
  assert.equal(elsewhere.received.length + elsewhere.forged, 0);
});
