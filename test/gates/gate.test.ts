import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { codesOf, done, exchange, fileFrames } from '../bundle/raw-bundle.ts';
import { lockport, serve, temporaryDirectory } from '../cli/lockport-process.ts';
import { WebhookReceiver } from '../rules/webhook-receiver.ts';
import { startWorkers } from '../workers/workers.ts';
import { FakeClamd, honest } from './clamd.ts';
import { entriesOf, outcome } from './uploading.ts';

const REFUSED = '550 The file is refused: Bad.Thing';

function virusGate(port: number, more: object = {}): Record<string, string> {
  return { GATES: JSON.stringify([{ name: 'virus', ask: { clamav: { port } }, ...more }]) };
}

for (const workers of [1, 2]) {
  test(`a refused file is never seen, however it comes, and its quota is given back (workers: ${workers})`, async (context) => {
    const clamd = await FakeClamd.start(context, honest);
    const rules = [{ name: 'rule', when: ['uploaded'], do: [{ command: { run: ['/bin/false'] } }] }];
    const settings = { ...virusGate(clamd.port), RULES: JSON.stringify(rules) };
    const server = await startWorkers(context, { workers, settings, account: { quota: { bytes: 100 } } });
    await using client = await server.signIn();
    assert.match(await outcome(client, 'STOR good', 'g'.repeat(50)), /^226/);
    for (let each = 0; each < 3; each += 1) {
      assert.equal(await outcome(client, 'STOR file', `bad${'-'.repeat(40)}`), REFUSED);
    }
    assert.equal(await outcome(client, 'APPE good', 'bad'), REFUSED);
    assert.match(await outcome(client, 'STOU', 'bad'), /^550/);
    await client.upload('STOR b.part', 'b');
    await client.upload('STOR ad.part', 'ad');
    await client.expect(550, 'COMB joined b.part ad.part');
    await client.upload('STOR t.part', 'bad');
    await client.expect(350, 'RNFR t.part');
    await client.expect(550, 'RNTO t');
    const bytes = Buffer.concat([fileFrames('one', 'bad'), fileFrames('two', 'fine'), done(2)]);
    const { frames } = await exchange(client, 'BNDL STOR', { bytes });
    assert.deepEqual(codesOf(frames), [550, 226]);
    assert.deepEqual(await entriesOf(server.root), ['ad.part', 'b.part', 'good', 't.part', 'two']);
    assert.equal(await readFile(join(server.root, 'good'), 'utf8'), 'g'.repeat(50));
    const { dataDir } = server.server;
    const rule = await lockport(['rules', 'list', 'rule', '--data-dir', dataDir, '--json']);
    assert.doesNotMatch(rule.output, /"path":"\/(file|joined|t|one)"/);
    await server.server.event(({ event, path }) => event === 'gate.asked' && path === '/one');
    const { output } = await lockport(['audit', 'search', '--data-dir', dataDir, '--event', 'gate.asked', '--json']);
    const found = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .find(({ path }) => path === '/file');
    assert.deepEqual(
      [found.account, found.gate, found.outcome, found.isAdmitted, found.reason, found.bytes],
      ['alice', 'virus', 'refused', false, 'Bad.Thing', 43],
    );
  });
}

test('nothing of an upload is seen or acknowledged while the judge is asked, others go on, and a killed server leaves nothing', async (context) => {
  const clamd = await FakeClamd.start(context, () => undefined);
  const settings = virusGate(clamd.port, { accounts: ['alice'] });
  const server = await startWorkers(context, { workers: 2, settings });
  await using client = await server.signIn();
  await using data = await client.data(await client.passive());
  await client.expect(150, 'STOR file');
  await data.send(Buffer.from('being judged'));
  await clamd.until(1);
  await using other = await server.signIn('bob');
  await other.upload('STOR of-bob', 'not asked');
  assert.doesNotMatch((await other.download('NLST')).toString(), /file/);
  assert.equal(client.unread, '');
  await server.server.kill();
  assert.deepEqual(
    (await entriesOf(server.root)).filter((name) => !name.startsWith('.')),
    ['of-bob'],
  );
  await serve(context, server.server.dataDir);
  while ((await entriesOf(server.root)).length > 1) await setTimeout(10);
});

test('what a hostile judge says is no yes, and neither is its silence', async (context) => {
  const lies: Record<string, Parameters<typeof FakeClamd.start>[1]> = {
    early: (socket) => socket.write('stream: OK\0'),
    endless: (socket) => socket.write(Buffer.alloc(100_000, 'x')),
    other: (socket, _, isWhole) => isWhole && socket.end('stream: OK FOUND? OK\0'),
    gone: (socket) => socket.resetAndDestroy(),
    lines: (socket, _, isWhole) => isWhole && socket.end('stream: a\r\n226 Stored FOUND\0'),
    silent: () => undefined,
  };
  let lie = lies['early'];
  const clamd = await FakeClamd.start(context, (...given) => lie?.(...given));
  const server = await startWorkers(context, { workers: 1, settings: virusGate(clamd.port, { timeout: '2s' }) });
  await using client = await server.signIn();
  // Long enough that an early answer comes before its end.
  const content = Buffer.alloc(20_000_000);
  for (const name of Object.keys(lies)) {
    lie = lies[name];
    const said = await outcome(client, 'STOR file', name === 'early' ? content : 'content');
    assert.match(said, /^450 /, name);
  }
  await client.expect(200, 'NOOP');
  assert.deepEqual(await entriesOf(server.root), []);
});

test('where the operator wants it, files are taken while the judge is away, and the record says so', async (context) => {
  const server = await startWorkers(context, {
    workers: 1,
    settings: virusGate(1, { unanswered: 'accept' }),
  });
  await using client = await server.signIn();
  await client.upload('STOR file', 'bad');
  const asked = await server.server.event(({ event }) => event === 'gate.asked');
  assert.deepEqual([asked['outcome'], asked['isAdmitted']], ['unanswered', true]);
});

test('a refused file is kept in the quarantine, outside of all accounts, with where it came from', async (context) => {
  const directory = await temporaryDirectory(context);
  const socket = join(directory, 'clamd.ctl');
  await FakeClamd.start(context, honest, socket);
  const quarantine = join(directory, 'kept');
  const settings = {
    ...virusGate(0, { ask: { clamav: { socket } }, refused: 'quarantine', text: 'Ask the administrator' }),
    QUARANTINE: quarantine,
    LIMITS_MAX_QUARANTINE_FILES: '2',
  };
  const server = await startWorkers(context, { workers: 1, settings });
  await using client = await server.signIn();
  assert.equal(await outcome(client, 'STOR x', 'bad one'), '550 Ask the administrator');
  await client.upload('STOR y.part', 'bad two');
  await client.expect(350, 'RNFR y.part');
  await client.expect(550, 'RNTO y');
  // There is no room for a third one: it is refused all the same.
  assert.equal(await outcome(client, 'STOR z', 'bad three'), '550 Ask the administrator');
  assert.deepEqual(await entriesOf(server.root), []);
  const names = (await readdir(quarantine)).toSorted();
  assert.equal(names.length, 4);
  const records = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .map(async (name) => ({
        ...JSON.parse(await readFile(join(quarantine, name), 'utf8')),
        content: await readFile(join(quarantine, name.slice(0, -5)), 'utf8'),
      })),
  );
  assert.deepEqual(
    records.map(({ account, path, from, reason, content }) => [account, path, from, reason, content].join(' ')),
    ['alice /x  Bad.Thing bad one', 'alice /y /y.part Bad.Thing bad two'],
  );
  const event = await server.server.event(({ event, path }) => event === 'gate.asked' && path === '/x');
  assert.ok(names.includes(String(event['quarantined'])));
});

test('a link with a temporary name leads nobody around a gate', async (context) => {
  const clamd = await FakeClamd.start(context, honest);
  const server = await startWorkers(context, { workers: 1, settings: virusGate(clamd.port) });
  await using client = await server.signIn();
  await client.upload('STOR good', 'good');
  await symlink('good', join(server.root, 'file.part'));
  for (const command of ['STOR file.part', 'APPE file.part']) {
    await client.passive();
    await client.expect(550, command);
  }
  assert.equal(await readFile(join(server.root, 'good'), 'utf8'), 'good');
});

test('a program gets the content, and its exit code is the verdict', async (context) => {
  const directory = await temporaryDirectory(context);
  const program = join(directory, 'scan');
  const script = [
    '#!/bin/sh',
    'content=$(cat)',
    'case $content in *bad*) echo "found in $1"; exit 1;; *worse*) exit 3;; *broken*) exit 2;; esac',
  ];
  await writeFile(program, script.join('\n'), { mode: 0o755 });
  const gates = [{ name: 'scan', ask: { command: { run: [program, '{path}'] } }, paths: ['/in/**'] }];
  const server = await startWorkers(context, { workers: 1, settings: { GATES: JSON.stringify(gates) } });
  await using client = await server.signIn();
  await client.expect(257, 'MKD in');
  assert.match(await outcome(client, 'STOR bad', 'bad, where nobody is asked'), /^226/);
  assert.match(await outcome(client, 'STOR in/a', 'good'), /^226/);
  assert.equal(await outcome(client, 'STOR in/b', 'bad'), '550 The file is refused: found in /in/b');
  assert.match(await outcome(client, 'STOR in/c', 'worse'), /^550/);
  assert.match(await outcome(client, 'STOR in/d', 'broken'), /^450/);
  await client.expect(350, 'RNFR bad');
  await client.expect(550, 'RNTO in/bad');
  assert.deepEqual((await readdir(join(server.server.dataDir, 'quarantine'))).length, 2);
});

test('a receiver of webhooks is told the digest, and nothing but a verdict of it counts', async (context) => {
  const answers = [
    { verdict: 'accept' },
    { verdict: 'refuse', text: 'not\r\n226 on the list' },
    { verdict: 'yes' },
    'accept',
  ].map((answer) => JSON.stringify(answer));
  const judge = await WebhookReceiver.start(context, await temporaryDirectory(context), {
    answer(_, response) {
      response.end(answers.shift() ?? '');
      return undefined;
    },
  });
  const gates = [{ name: 'list', ask: { webhook: { url: judge.url, secretFile: judge.secretFile } } }];
  const server = await startWorkers(context, { workers: 1, settings: { GATES: JSON.stringify(gates) } });
  await using client = await server.signIn();
  assert.match(await outcome(client, 'STOR a', 'abc'), /^226/);
  assert.equal(await outcome(client, 'STOR b', 'abc'), '550 The file is refused: not');
  for (const name of ['c', 'd', 'e']) assert.match(await outcome(client, `STOR ${name}`, 'abc'), /^450/, name);
  const [first] = judge.received;
  assert.equal(first?.type, 'lockport.gate');
  assert.deepEqual(
    [first?.data['path'], first?.data['account'], first?.data['bytes'], first?.data['sha256']],
    ['/a', 'alice', 3, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  );
});

test('a client that leaves while the judge is asked leaves nothing', async (context) => {
  const clamd = await FakeClamd.start(context, () => undefined);
  const server = await startWorkers(context, { workers: 1, settings: virusGate(clamd.port) });
  const client = await server.signIn();
  {
    await using data = await client.data(await client.passive());
    await client.expect(150, 'STOR file');
    await data.send(Buffer.from('being judged'));
    await clamd.until(1);
  }
  client.reset();
  const asked = await server.server.event(({ event }) => event === 'gate.asked');
  assert.equal(asked['outcome'], 'abandoned');
  await server.server.event(({ event }) => event === 'session.closed');
  assert.deepEqual(await entriesOf(server.root), []);
});
