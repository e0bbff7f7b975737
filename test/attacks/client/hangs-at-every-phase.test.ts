import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { attack, collect, connectTo, failureOf, IMPATIENT } from './attacked-client.ts';

// A server that says nothing, at whatever point, must not hold its client for ever.

const silence: Step = () => undefined;
const TIMES = ['timeout', 'stalled', 'data-connection', 'connect-failed'];

// Each of them waits, and none of them works: they may do so together.
suite('A silent server', { concurrency: 8 }, () => {
  for (const [verb, implicit] of [
    ['GREETING', false],
    ['GREETING', true],
    ['AUTH', false],
    ['USER', false],
    ['PASS', false],
    ['FEAT', false],
    ['PBSZ', false],
    ['PROT', false],
    ['PWD', false],
  ] as const) {
    test(`Connecting ends when the server falls silent at ${verb}${implicit ? ' in TLS' : ''}`, async () => {
      await using server = await startHostileServer({ implicit, on: { [verb]: silence } });
      const { code } = await failureOf(
        connectTo(server, { security: implicit ? 'implicit' : 'explicit', limits: IMPATIENT }),
      );
      assert.ok(TIMES.includes(code), code);
    });
  }

  test('Connecting ends when the handshake never comes, explicit', async () => {
    await using server = await startHostileServer({ on: { AUTH: (session) => session.reply('234 Begin') } });
    assert.ok(['timeout', 'tls-failed'].includes((await failureOf(connectTo(server, { limits: IMPATIENT }))).code));
  });

  test('Connecting ends when the handshake never comes, implicit', async () => {
    // An explicit server waits for AUTH, and an implicit client for its handshake.
    await using server = await startHostileServer({ on: { GREETING: silence } });
    const { code } = await failureOf(connectTo(server, { security: 'implicit', limits: IMPATIENT }));
    assert.ok(['timeout', 'tls-failed', 'connect-failed'].includes(code), code);
  });

  for (const verb of ['TYPE', 'EPSV', 'RETR', 'SIZE']) {
    test(`A download ends when the server falls silent at ${verb}`, async () => {
      const hostility = { files: { '/file': 'text' }, on: { [verb]: silence } };
      const { code } = await attack(hostility, (client) => client.readBuffer('/file'), { limits: IMPATIENT });
      assert.ok(TIMES.includes(code), code);
    });
  }

  const TRANSFER_HANGS: readonly (readonly [title: string, step: Step])[] = [
    ['after 150', (session) => session.reply('150 Sending')],
    [
      'in the middle of the data',
      async (session) => {
        session.reply('150 Sending');
        const data = await session.openData();
        await data.write('te');
      },
    ],
    [
      'after the end of the data',
      async (session) => {
        session.reply('150 Sending');
        const data = await session.openData();
        await data.finish('text');
      },
    ],
    [
      'after 226, with the data open',
      async (session) => {
        session.reply('150 Sending');
        const data = await session.openData();
        await data.write('text');
        session.reply('226 Sent');
      },
    ],
  ];

  for (const [title, step] of TRANSFER_HANGS) {
    test(`A download ends when the server falls silent ${title}`, async () => {
      const hostility = { files: { '/file': 'text' }, on: { RETR: step } };
      const { code } = await attack(hostility, (client) => client.readBuffer('/file'), { limits: IMPATIENT });
      assert.ok(TIMES.includes(code), code);
    });

    test(`A listing ends when the server falls silent ${title}`, async () => {
      const hostility = { on: { MLSD: step, LIST: step } };
      const { code } = await attack(hostility, (client) => collect(client.list('/')), { limits: IMPATIENT });
      assert.ok([...TIMES, 'protocol'].includes(code), code);
    });
  }

  const UPLOAD_HANGS: readonly (readonly [title: string, step: Step])[] = [
    ['at STOR', silence],
    ['after 150', (session) => session.reply('150 Go on')],
    [
      'and reads nothing',
      async (session) => {
        session.reply('150 Go on');
        const data = await session.openData();
        data.pause();
      },
    ],
    [
      'after the end of the data',
      async (session) => {
        session.reply('150 Go on');
        const data = await session.openData();
        await data.receive();
        await data.finish('');
      },
    ],
  ];

  for (const [title, step] of UPLOAD_HANGS) {
    test(`An upload ends when the server falls silent ${title}`, async () => {
      const { code } = await attack(
        { on: { STOR: step } },
        (client) => client.upload(Buffer.alloc(20_000_000), '/file'),
        { limits: IMPATIENT },
      );
      assert.ok([...TIMES, 'unconfirmed'].includes(code), code);
    });
  }

  test('Closing ends when the server does not answer QUIT', async () => {
    await using server = await startHostileServer({ on: { QUIT: silence } });
    const client = await connectTo(server, { limits: IMPATIENT });
    await client.close();
  });

  test('An aborted transfer ends when the server does not answer, and the next call has a connection of its own', async () => {
    await using server = await startHostileServer({
      files: { '/file': 'text' },
      on: {
        RETR: async (session) => {
          session.reply('150 Sending');
          const data = await session.openData();
          await data.write('te');
        },
        ABOR: silence,
      },
    });
    await using client = await connectTo(server, { limits: { ...IMPATIENT, stallMs: 60_000 } });
    const abort = new AbortController();
    const reader = await client.read('/file', { signal: abort.signal });
    reader.once('data', () => abort.abort());
    assert.equal((await failureOf(collect(reader))).code, 'aborted');
    assert.equal(await client.size('/file'), 4);
  });
});
