import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostileServerOptions, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { unusedPort } from '../../testing/unused-port.ts';
import { type Client, connect } from '../client.ts';
import { alice, failure } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';

const NAMES = ['/a', '/b', '/c', '/d', '/e', '/f'] as const;
const FILES = Object.fromEntries(NAMES.map((name) => [name, `content of ${name}`]));

/** A server that is known to take commands ahead, by its name, and does with them what the test wants. */
async function against(
  on: NonNullable<HostileServerOptions['on']>,
  work: (client: Client, heard: () => readonly string[]) => Promise<void>,
  more: Partial<ConnectOptions> = {},
): Promise<void> {
  await using server = await startHostileServer({
    files: FILES,
    on: { GREETING: (session) => session.reply('220 (vsFTPd 3.0.5)'), ...on },
  });
  await using client = await connect(alice(server, more));
  const heard = (): readonly string[] => {
    const verbs = server.heard.map(({ verb }) => verb);
    return verbs.slice(verbs.lastIndexOf('PWD') + 1);
  };
  await work(client, heard);
}

async function fetchAll(client: Client): Promise<void> {
  for (const name of NAMES) assert.equal(String(await client.readBuffer(name)), FILES[name]);
}

/** Does something else from its third port on, which is the first that is asked for ahead. */
function portsAhead(otherwise: (session: HostileSession) => Promise<void> | void) {
  let asked = 0;
  return (session: HostileSession): Promise<void> | void => {
    asked += 1;
    return asked === 3 ? otherwise(session) : session.byDefault('EPSV');
  };
}

test('in a series the port of the next transfer is asked for while one runs, and everything else with the transfer', async () => {
  await against({}, async (client, heard) => {
    await fetchAll(client);
    const [first, ...others] = heard()
      .join(' ')
      .split(/(?<=RETR) ?/);
    assert.equal(first, 'TYPE SIZE EPSV RETR');
    assert.deepEqual(others, ['SIZE EPSV RETR', ...Array(4).fill('EPSV SIZE RETR'), 'EPSV']);
  });
});

for (const [what, reply] of [
  ['refuses a port', '425 Not now'],
  ['does not know the command then', '500 What'],
] as const) {
  test(`a server that ${what} during a transfer is asked for it before the next one`, async () => {
    await against({ EPSV: portsAhead((session) => session.reply(reply)) }, async (client, heard) => {
      await fetchAll(client);
      const [first, second, third, ...others] = heard()
        .join(' ')
        .split(/(?<=RETR) ?/);
      assert.deepEqual([first, second, third], ['TYPE SIZE EPSV RETR', 'SIZE EPSV RETR', 'EPSV SIZE EPSV RETR']);
      assert.deepEqual(others, Array(3).fill('SIZE EPSV RETR'));
      assert.ok(!heard().includes('PASV'));
    });
  });
}

for (const [what, work] of [
  ['a download', fetchAll],
  ['an upload', storeAll],
] as const) {
  test(`where nobody listens at the port that was asked for ahead of ${what}, another one is asked for, and nothing is lost`, async () => {
    const closed = portsAhead(async (session) => session.reply(`229 Port (|||${await unusedPort()}|)`));
    await against({ EPSV: closed }, async (client, heard) => {
      await work(client);
      assert.equal(heard().filter((verb) => verb === 'EPSV').length, NAMES.length + 1);
      assert.ok(!heard().includes('PASV'));
    });
  });
}

async function storeAll(client: Client): Promise<void> {
  for (const name of NAMES) {
    const { verified } = await client.upload(Buffer.from(FILES[name] ?? ''), name);
    assert.equal(verified, 'size');
  }
}

test('an answer that comes before the end of the upload is not taken for its confirmation', async () => {
  await against(
    {
      async STOR(session) {
        session.reply('150 Go on');
        const data = await session.openData();
        await data.receive();
        // As ProFTPD answers SIZE while it takes an upload.
        session.reply('213 13\r\n226 Stored');
      },
    },
    async (client, heard) => {
      await failure('protocol', client.upload(Buffer.from('content of /a'), '/a'));
      // Whatever may still come on that connection, the next call gets another one.
      assert.equal(String(await client.readBuffer('/b')), FILES['/b']);
      assert.ok(heard().includes('RETR'));
    },
  );
});

test('an upload that fails leaves no answer of what was asked behind it to the next command', async () => {
  await against(
    {
      async STOR(session) {
        session.reply('150 Go on');
        await (await session.openData()).receive();
        session.reply('552 No room');
      },
    },
    async (client, heard) => {
      await failure('refused', client.upload(Buffer.from('x'), '/a'));
      assert.equal((await client.send('NOOP')).lines[0], 'Here');
      assert.equal(heard().filter((verb) => verb === 'SIZE').length, 1);
    },
  );
});

test('who leaves a download in a series leaves no answer to the next command', async () => {
  let retrievals = 0;
  const leaving = new AbortController();
  await against(
    {
      async RETR(session, path) {
        retrievals += 1;
        if (retrievals !== 4) return session.byDefault('RETR', path);
        session.reply('150 Sending');
        const data = await session.openData();
        leaving.abort();
        await data.finish('c');
        session.reply('226 Sent');
      },
    },
    async (client) => {
      for (const name of NAMES.slice(0, 3)) await client.readBuffer(name);
      await failure('aborted', client.readBuffer('/d', { signal: leaving.signal }));
      assert.equal((await client.send('NOOP')).lines[0], 'Here');
      await fetchAll(client);
    },
  );
});

test('what the server says of the file together with the transfer holds: a file too large for memory is not taken', async () => {
  await against(
    {},
    async (client) => {
      assert.equal(String(await client.readBuffer('/a')), FILES['/a']);
      await client.readBuffer('/b');
      await client.readBuffer('/c');
    },
    { limits: { maxBufferBytes: 100 } },
  );
  await against(
    { SIZE: (session, path) => (path === '/e' ? session.reply('213 101') : session.byDefault('SIZE', path)) },
    async (client) => {
      for (const name of NAMES.slice(0, 4)) await client.readBuffer(name);
      await failure('limit', client.readBuffer('/e'));
      assert.equal(String(await client.readBuffer('/f')), FILES['/f']);
    },
    { limits: { maxBufferBytes: 100 } },
  );
});

test('a directory that can not be entered is an error, whatever comes of the listing that was asked for with it', async () => {
  await against(
    {
      CWD: (session, path) =>
        path === '/nowhere' ? session.reply('550 No such directory') : session.byDefault('CWD', path),
    },
    async (client) => {
      for (let round = 0; round < 3; round += 1) assert.equal((await Array.fromAsync(client.list('/'))).length, 6);
      const got: unknown[] = [];
      await failure(
        'not-found',
        (async () => {
          for await (const entry of client.list('/nowhere')) got.push(entry);
        })(),
      );
      assert.deepEqual(got, []);
      assert.equal((await Array.fromAsync(client.list('/'))).length, 6);
    },
  );
});

test('a server that resets a download whose other direction has ended first gets no such end again', async () => {
  let isFirst = true;
  await against(
    {
      async RETR(session, path) {
        session.reply('150 Sending');
        const data = await session.openData();
        const ended = data.receive();
        if (isFirst) await ended;
        await data.finish(session.state.files.get(path), isFirst ? 'reset' : 'clean');
        isFirst = false;
        session.reply('226 Sent');
      },
    },
    async (client) => {
      await fetchAll(client);
      assert.equal(isFirst, false);
    },
    { retry: { attempts: 2, delayMs: 1 } },
  );
});

test('an upload goes only once its type is agreed on, since a server that refuses that has emptied the file by then', async () => {
  const TYPE = (session: HostileSession, argument: string) =>
    argument === 'A' ? session.reply('504 Not that one') : session.byDefault('TYPE', argument);
  await against({ TYPE }, async (client, heard) => {
    await storeAll(client);
    await failure('unsupported', client.upload(Buffer.from('text'), '/a', { type: 'text' }));
    assert.equal(heard().filter((verb) => verb === 'STOR').length, NAMES.length);
    await storeAll(client);
  });
});

test('a call that is aborted while an answer is awaited fails with the reason of its signal', async () => {
  const asked = Promise.withResolvers<void>();
  await against({ SIZE: () => asked.resolve() }, async (client) => {
    const stop = new AbortController();
    const reason = new Error('Enough');
    const call = failure('aborted', client.readBuffer('/a', { signal: stop.signal }));
    await asked.promise;
    stop.abort(reason);
    assert.equal((await call).cause, reason);
  });
});
