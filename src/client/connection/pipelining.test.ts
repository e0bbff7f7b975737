import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type HostileServer,
  type HostileServerOptions,
  startHostileServer,
} from '../../../test/hostile/hostile-server.ts';
import { connect } from '../client.ts';
import { alice } from '../client-fixture.test.ts';
import { settingsOf } from '../settings.ts';
import type { ControlConnection } from './connection.ts';
import { signIn } from './sign-in.ts';

const QUESTIONS = [
  ['SIZE', '/a'],
  ['MDTM', '/a'],
  ['MLST', '/nothing'],
] as const;

function serverThatSays(greeting: string, on: HostileServerOptions['on'] = {}): Promise<HostileServer> {
  return startHostileServer({
    files: { '/a': 'content' },
    on: { GREETING: (session) => session.reply(`220 ${greeting}`), ...on },
  });
}

async function connectionTo(server: HostileServer): Promise<ControlConnection> {
  return (await signIn(1, settingsOf(alice(server)))).connection;
}

/** Answers no SIZE before it is told to. */
function heldSize() {
  const heard = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const on: NonNullable<HostileServerOptions['on']> = {
    async SIZE(session) {
      heard.resolve();
      await released.promise;
      session.reply('213 7');
    },
  };
  return { on, heard: heard.promise, release: released.resolve };
}

for (const greeting of ['(vsFTPd 3.0.5)', 'Microsoft FTP Service']) {
  test(`of questions that are asked together each gets its own answer: ${greeting}`, async () => {
    await using server = await serverThatSays(greeting);
    await using connection = await connectionTo(server);
    const replies = await connection.requestAll(QUESTIONS);
    assert.deepEqual(
      replies.map(({ code, lines }) => [code, lines[0]]),
      [
        [213, '7'],
        [213, '20240229120000'],
        [550, 'No such entry'],
      ],
    );
  });
}

test('a server that is not known to take commands ahead gets the next one behind its answer', async () => {
  const size = heldSize();
  await using server = await serverThatSays('Microsoft FTP Service', size.on);
  await using connection = await connectionTo(server);
  const asked = connection.requestAll(QUESTIONS);
  await size.heard;
  assert.equal(server.heard.at(-1)?.verb, 'SIZE');
  size.release();
  assert.equal((await asked).length, 3);
});

test('who leaves in the middle of several answers leaves none of them to the next command', async () => {
  const size = heldSize();
  await using server = await serverThatSays('(vsFTPd 3.0.5)', size.on);
  await using connection = await connectionTo(server);
  const leaving = new AbortController();
  const asked = connection.requestAll(QUESTIONS, { signal: leaving.signal });
  await size.heard;
  leaving.abort();
  await assert.rejects(asked, { code: 'aborted' });
  size.release();
  assert.equal((await connection.request('NOOP')).lines[0], 'Here');
});

test('a 421 among several answers ends the connection', async () => {
  await using server = await serverThatSays('(vsFTPd 3.0.5)', { SIZE: (session) => session.reply('421 Bye') });
  await using connection = await connectionTo(server);
  await assert.rejects(connection.requestAll(QUESTIONS), { reply: { code: 421, lines: ['Bye'] } });
  assert.equal(connection.isUsable, false);
});

test('one answer too many is noticed before a file is fetched by what it says', async () => {
  await using server = await serverThatSays('(vsFTPd 3.0.5)', {
    SIZE: (session) => session.reply('213 3\r\n213 7'),
  });
  await using client = await connect(alice(server, { retry: { attempts: 1 } }));
  await assert.rejects(client.readBuffer('/a'), { code: 'protocol' });
  assert.ok(!server.heard.some(({ verb }) => verb === 'RETR'));
});

test('the port of a download is asked for together with its size, and once', async () => {
  await using server = await serverThatSays('(vsFTPd 3.0.5)');
  await using client = await connect(alice(server));
  assert.equal(String(await client.readBuffer('/a')), 'content');
  const verbs = server.heard.map(({ verb }) => verb);
  assert.deepEqual(verbs.slice(verbs.indexOf('TYPE')), ['TYPE', 'SIZE', 'EPSV', 'RETR']);
});
