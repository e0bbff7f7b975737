import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { connect } from '../client.ts';
import { alice, failure } from '../client-fixture.test.ts';
import { against, LARGE } from './transfer-fixture.test.ts';

test('a download that was broken off may end with a second 150, as with Pure-FTPd, and the connection lives on', async () => {
  await using server = await startHostileServer({
    files: { '/f': 'content' },
    on: {
      RETR: async (session, path) => {
        if (path === '/f') return session.byDefault('RETR', path);
        session.reply('150 Accepted data connection');
        const data = await session.openData();
        await data.write('x'.repeat(100_000));
        await data.receive();
        session.reply('150 0.001 seconds (measured here)');
      },
    },
  });
  await using client = await connect(alice(server, { limits: { abortMs: 60_000 } }));
  const stop = new AbortController();
  const sink = new WritableStream<Uint8Array>({ write: () => stop.abort() });
  await failure('aborted', client.download('/endless', sink, { signal: stop.signal }));
  assert.equal(String(await client.readBuffer('/f')), 'content');
  assert.equal((await client.readBuffer('/endless', { end: 10 })).length, 10);
  assert.equal(String(await client.readBuffer('/f')), 'content');
  assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
});

for (const sessionReuse of ['require', 'prefer'] as const) {
  test(`a server that has dropped the TLS session is asked on another connection, ${sessionReuse}`, async () => {
    const data = { resumes: true };
    let connections = 0;
    await against(
      {
        data,
        files: { '/f': 'content' },
        on: {
          GREETING: (session) => {
            connections += 1;
            data.resumes = true;
            return session.byDefault('GREETING');
          },
          RETR: async (session, path) => {
            if (data.resumes) return session.byDefault('RETR', path);
            session.reply('150 Here it comes');
            const connection = await session.openData();
            await connection.finish(Buffer.alloc(0), 'reset');
            session.reply('425 Unable to build data connection: Operation not permitted');
          },
        },
      },
      async (client) => {
        assert.equal(String(await client.readBuffer('/f')), 'content');
        data.resumes = false;
        assert.equal(String(await client.readBuffer('/f')), 'content');
        assert.equal(connections, 2);
      },
      { sessionReuse },
    );
  });
}

test('an upload goes on behind what is there although a data connection failed in between', async () => {
  let attempts = 0;
  await against(
    {
      on: {
        STOR: async (session, path) => {
          attempts += 1;
          if (attempts === 3) return session.byDefault('STOR', path);
          if (attempts === 2) return session.reply('425 Unable to build data connection');
          session.reply('150 Ready');
          const data = await session.openData();
          await data.finish('', 'reset');
          session.state.files.set(path, LARGE.subarray(0, 1_000_000));
          session.reply('426 The connection broke');
        },
      },
    },
    async (client, { server }) => {
      const { retries } = await client.upload(LARGE, '/g');
      assert.equal(retries, 2);
      assert.ok(server.files.get('/g')?.equals(LARGE));
      const restarts = server.heard.filter(({ verb }) => verb === 'REST').map(({ line }) => line);
      assert.deepEqual(restarts, ['REST 1000000', 'REST 1000000']);
    },
  );
});
