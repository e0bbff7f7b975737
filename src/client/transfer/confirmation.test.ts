import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HostileServerOptions, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { connect } from '../client.ts';
import { alice, failure } from '../client-fixture.test.ts';
import type { ClientLog } from '../log.ts';

for (const greeting of ['(vsFTPd 3.0.5)', 'Ready'] as const) {
  test(`a 226 to something before confirms no upload that has not begun: ${greeting}`, async () => {
    await using server = await startHostileServer({
      on: {
        GREETING: (session) => session.reply(`220 ${greeting}`),
        async STOR(session) {
          session.reply('226 Done\r\n150 Go on');
          const data = await session.openData();
          await data.receive();
          await data.finish();
          session.reply('552 No room');
        },
      },
    });
    const isDone = Promise.withResolvers<void>();
    const log: ClientLog = (event) => {
      if (event.event === 'reply' && event.code === 226) isDone.resolve();
    };
    await using client = await connect(alice(server, { log }));
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from('some');
      await isDone.promise;
      await new Promise(setImmediate);
    }
    await failure('protocol', client.upload(source(), '/a', { size: 4 }));
  });
}

test('a 226 without a 150 confirms no upload to a server that is known to say both', async () => {
  await using server = await startHostileServer({
    on: {
      GREETING: (session) => session.reply('220 (vsFTPd 3.0.5)'),
      async STOR(session) {
        const data = await session.openData();
        await data.receive();
        await data.finish();
        session.reply('226 Done\r\n150 Go on\r\n552 No room');
      },
    },
  });
  await using client = await connect(alice(server));
  await failure('protocol', client.upload(Buffer.from('some'), '/a'));
});

test('the answer to a NOOP during an upload is not taken for that to what follows the upload', async () => {
  const on: HostileServerOptions['on'] = {
    GREETING: (session) => session.reply('220 (vsFTPd 3.0.5)'),
  };
  await using server = await startHostileServer({ on });
  await using client = await connect(alice(server, { limits: { keepAliveMs: 20 } }));
  async function* source(): AsyncGenerator<Buffer> {
    yield Buffer.from('some');
    // It is heard while the server takes the upload, and answered behind.
    while (!server.heard.some(({ verb }) => verb === 'NOOP')) await new Promise(setImmediate);
  }
  const { verified, warnings } = await client.upload(source(), '/a', { size: 4 });
  assert.deepEqual(warnings, []);
  assert.equal(verified, 'size');
  assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
  assert.equal((await client.send('NOOP')).lines[0], 'Here');
  assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
});
