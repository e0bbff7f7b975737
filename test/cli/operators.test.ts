import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { operatorName } from '../../src/service/index.ts';
import { startWorkers } from '../workers/workers.ts';
import { BIN, lockport, NOBODY, serve, temporaryDirectory } from './lockport-process.ts';

async function json(dataDir: string, ...args: readonly string[]) {
  const { code, output, errors } = await lockport([...args, '--json', '--data-dir', dataDir]);
  assert.equal(code, 0, errors);
  return JSON.parse(output);
}

/** What the record says of what operators did. */
async function actedIn(dataDir: string): Promise<readonly unknown[]> {
  const args = ['audit', 'search', '--event', 'operator.acted', '--oldest', '--json', '--data-dir', dataDir];
  const lines = (await lockport(args)).output.split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line))
    .map(({ by, action, session, account, reason, outcome }) => [by, action, session ?? account, reason, outcome]);
}

for (const workers of [1, 2]) {
  test(`operators see who is connected and what moves, and end what they choose (workers: ${workers})`, async (context) => {
    // A stranger stays for as long as the test takes.
    const started = await startWorkers(context, { workers, settings: { LIMITS_LOGIN_MS: '1000000' } });
    const { server } = started;
    const { dataDir } = server;
    const [alice, other, bob] = [await started.signIn(), await started.signIn(), await started.signIn('bob')];
    const data = await bob.data(await bob.passive());
    await bob.expect(150, 'STOR upload');
    await data.write(Buffer.alloc(200_000));
    await using stranger = await server.connect();
    await stranger.expect(220);

    let shown = await json(dataDir, 'sessions');
    const isMoving = (session: { readonly transfer?: { readonly bytes: number } }) =>
      session.transfer?.bytes === 200_000;
    while (!shown.sessions.some(isMoving)) shown = await json(dataDir, 'sessions');
    assert.equal(shown.sessions.length, 4);
    const text = (await lockport(['sessions', '--data-dir', dataDir])).output;
    assert.match(text, /bob +127\.0\.0\.1:\d+ .* TLSv1\.3 TLS_\w+ \(explicit\) .* STOR \/upload: 195\.3 KiB in /);
    assert.match(text, / - +127\.0\.0\.1:\d+ +\w+ +in clear .* idle/);
    const status = await json(dataDir, 'status');
    assert.deepEqual(status.sessions, {
      total: 4,
      signedIn: 3,
      byAccount: [
        { account: 'alice', sessions: 2 },
        { account: 'bob', sessions: 1 },
      ],
    });
    assert.deepEqual(status.transfers, { upload: 1, download: 0, listing: 0 });
    assert.equal(status.workers.length, workers === 1 ? 0 : workers);

    const session = shown.sessions.find(({ port }: { readonly port: number }) => port === bob.localPort).session;
    const kicked = await json(dataDir, 'kick', session, '--reason', 'Büro closes');
    assert.deepEqual(kicked.sessions, [{ session, address: '127.0.0.1', account: 'bob', outcome: 'ended' }]);
    const told = (await bob.ended()).at(-1);
    assert.equal(told?.lines[0], '421 This session was ended by whoever runs the server: Büro closes');
    const finished = await server.event(({ event }) => event === 'transfer.finished');
    assert.equal(finished['outcome'], 'kept-partial');
    const again = await lockport(['kick', session, '--data-dir', dataDir]);
    assert.deepEqual([again.code, again.errors], [7, `lockport: There is no session ${session} (any more)\n`]);

    assert.equal((await json(dataDir, 'kick', '--account', 'alice')).sessions.length, 2);
    await Promise.all([alice.ended(), other.ended()]);
    await stranger.expect(200, 'NOOP');
    const none = await lockport(['kick', '--account', 'alice', '--data-dir', dataDir]);
    assert.deepEqual([none.code, none.output], [0, 'No session of alice is open\n']);
    const nobody = await lockport(['kick', '--account', 'alcie', '--data-dir', dataDir]);
    assert.deepEqual(
      [nobody.code, nobody.errors],
      [7, 'lockport: There is no account alcie: "lockport user list" names them\n'],
    );
    const by = operatorName();
    let acted = await actedIn(dataDir);
    while (acted.length < 5) acted = await actedIn(dataDir);
    assert.deepEqual(acted, [
      [by, 'endSessions', session, 'Büro closes', 'done'],
      [by, 'endSessions', session, undefined, 'failed'],
      [by, 'endSessions', 'alice', undefined, 'done'],
      [by, 'endSessions', 'alice', undefined, 'done'],
      [by, 'endSessions', 'alcie', undefined, 'failed'],
    ]);
    assert.equal((await json(dataDir, 'kick', '--all')).sessions.length, 1);
    await stranger.ended();
    for (const each of [data, alice, other, bob]) await each[Symbol.asyncDispose]();
  });

  test(`a ban ends the sessions of its network, keeps it out over a kill, and can be lifted (workers: ${workers})`, async (context) => {
    const started = await startWorkers(context, { workers });
    const { server } = started;
    const { dataDir } = server;
    const client = await started.signIn();
    const wide = await lockport(['ban', 'add', '0.0.0.0/0', '--reason', 'all', '--data-dir', dataDir]);
    assert.equal(wide.code, 7);
    assert.match(wide.errors, /very many addresses.*--force/);
    await client.expect(200, 'NOOP');

    const args = ['127.0.0.77/24', '--reason', 'guesses', '--for', '7d'];
    const { ban, sessions } = await json(dataDir, 'ban', 'add', ...args);
    assert.equal(ban.network, '127.0.0.0/24');
    assert.ok(Date.parse(ban.until) > Date.now() + 6 * 86_400_000);
    assert.deepEqual(
      sessions.map(({ account, outcome }: Readonly<Record<string, string>>) => [account, outcome]),
      [['alice', 'ended']],
    );
    assert.deepEqual(
      (await client.ended()).map(({ lines }) => lines[0]),
      ['421 Connections from your address are not accepted'],
    );
    const refused = await server.connect();
    await refused.expect(421);

    await server.kill();
    const next = await serve(context, dataDir, ['--workers', String(workers)]);
    const still = await next.connect();
    await still.expect(421);
    const { bans } = await json(dataDir, 'ban', 'list');
    assert.deepEqual(bans, [ban]);
    const narrow = await lockport(['ban', 'lift', '127.0.0.1', '--data-dir', dataDir]);
    assert.deepEqual(
      [narrow.code, narrow.errors],
      [7, 'lockport: There is no ban of 127.0.0.1; that of 127.0.0.0/24 holds for it\n'],
    );
    const lifted = await lockport(['ban', 'lift', '127.0.0.0/24', '--data-dir', dataDir]);
    assert.deepEqual([lifted.code, lifted.output], [0, 'The ban of 127.0.0.0/24 is lifted\n']);
    const back = await next.connect();
    await back.expect(220);
    const events = next.log.map(({ event }) => event);
    assert.ok(events.includes('ban.lifted'));
    for (const each of [client, refused, still, back]) await each[Symbol.asyncDispose]();
  });
}

test('a watch gives a line of JSON each time, and ends by Ctrl-C as it should', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const server = await serve(context, dataDir);
  const child = spawn(BIN, ['status', '--json', '--watch', '0.2', '--data-dir', dataDir], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let lines = 0;
  for await (const line of createInterface(child.stdout)) {
    assert.equal(JSON.parse(line).pid, server.pid);
    lines += 1;
    if (lines === 3) child.kill('SIGINT');
  }
  assert.deepEqual(await closed, [0, null]);
  assert.ok(lines >= 3);
});

test('a watch says when its server has ended', async (context) => {
  const dataDir = await temporaryDirectory(context);
  const server = await serve(context, dataDir);
  const child = spawn(BIN, ['sessions', '--watch', '0.2', '--data-dir', dataDir], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = once(child, 'close');
  const errors = text(child.stderr);
  await once(child.stdout, 'data');
  server.signal('SIGTERM');
  child.stdout.resume();
  assert.deepEqual(await closed, [3, null]);
  assert.equal(await errors, 'lockport: The server ended, or does not answer\n');
});

test('a command line that names no sessions, or two kinds, does nothing', async () => {
  const lines = [
    ['kick'],
    ['kick', 'one', '--all'],
    ['kick', '--account', 'alice', '--all'],
    ['ban', 'add', '192.0.2.1'],
    ['ban', 'add', '192.0.2.1', '--reason', 'x', '--for', '7'],
    ['ban', 'add', '192.0.2.1', '--reason', 'x', '--for', '7d', '--until', '2030-01-01'],
    ['ban', 'add', '192.0.2.1', '--reason', 'x', '--until', '2030-02-30'],
  ];
  const outcomes = await Promise.all(lines.map((args) => lockport(args)));
  for (const [index, { code }] of outcomes.entries()) assert.equal(code, 2, lines[index]?.join(' '));
});

const isRoot = process.getuid?.() === 0 && process.platform === 'linux';
test('the socket belongs to the user that the server became; root may speak to it too, and nobody else', {
  skip: isRoot ? false : 'needs root on Linux',
}, async (context) => {
  const dataDir = join(await temporaryDirectory(context), 'data');
  await serve(context, dataDir, [], { environment: { LOCKPORT_RUN_AS_USER: 'nobody' } });
  const socket = await stat(join(dataDir, 'control.sock'));
  assert.deepEqual([socket.uid, socket.mode & 0o777], [NOBODY, 0o600]);
  for (const [uid, code] of [
    [0, 0],
    [NOBODY, 0],
    [NOBODY - 1, 7],
  ] as const) {
    const outcome = await lockport(['sessions', '--data-dir', dataDir], { uid });
    assert.equal(outcome.code, code, outcome.errors);
    if (code === 7) assert.match(outcome.errors, /belongs to another user: run this as that user, or as root/);
  }
});

test('a file that is not there is named with what it should be', async (context) => {
  const cwd = await temporaryDirectory(context);
  await writeFile(join(cwd, 'text.json'), 'no json');
  for (const [told, args] of [
    [
      /^lockport: nofile\.json: no such file or directory: name a file with an event, such as \{/,
      ['rules', 'test', 'nofile.json'],
    ],
    [/^lockport: text\.json: is no JSON: name a file with an event/, ['rules', 'test', 'text.json']],
    [
      /^lockport: noid: no such file or directory: --identity names a file with/,
      ['restore', 'b.age', '--identity', 'noid'],
    ],
  ] as const) {
    const { code, errors } = await lockport([...args, '--data-dir', join(cwd, 'data')], { cwd });
    assert.equal(code, 2, errors);
    assert.match(errors, told);
  }
});
