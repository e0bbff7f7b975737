import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { ftpPool } from '../ftp/ftp-session.ts';
import { settingsOf } from '../settings.ts';
import type { SignedIn } from './sign-in.ts';

const noop = async ({ connection }: SignedIn): Promise<number> => (await connection.request('NOOP')).code;

test('calls queue on one connection, in order', async () => {
  await using server = await startHostileServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  const order: number[] = [];
  await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      pool.use(undefined, async (signedIn) => {
        await noop(signedIn);
        order.push(index);
      }),
    ),
  );
  assert.deepEqual(
    order,
    Array.from({ length: 50 }, (_, index) => index),
  );
  assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
});

test('as many calls run at once as there may be connections, and no more', async () => {
  await using server = await startHostileServer();
  await using pool = ftpPool(settingsOf(alice(server, { connections: 3 })));
  let running = 0;
  let most = 0;
  // The first connection could serve all calls before the others are made.
  const together = Promise.withResolvers<void>();
  await Promise.all(
    Array.from({ length: 20 }, () =>
      pool.use(undefined, async (signedIn) => {
        running += 1;
        most = Math.max(most, running);
        if (running === 3) together.resolve();
        await together.promise;
        await noop(signedIn);
        running -= 1;
      }),
    ),
  );
  assert.equal(most, 3);
  assert.equal(server.connections, 3);
});

test('a connection that the server let go is replaced before anything is lost on it', async () => {
  for (const farewell of ['421 Idle too long\r\n', '']) {
    await using server = await startHostileServer({
      on: {
        NOOP: async (session) => {
          session.send(`200 Here\r\n${farewell}`);
          await session.end();
        },
      },
    });
    let gone = Promise.withResolvers<void>();
    const log = ({ event }: { readonly event: string }): void => {
      if (event === 'closed') gone.resolve();
    };
    await using pool = ftpPool(settingsOf(alice(server, { log })));
    for (let round = 0; round < 3; round += 1) {
      assert.equal(await pool.use(undefined, noop), 200);
      if (farewell === '') await gone.promise;
      gone = Promise.withResolvers();
    }
    assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 3);
  }
});

test('a call that waits can be given up, and the others move on', async () => {
  await using server = await startHostileServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  const release = Promise.withResolvers<void>();
  const first = pool.use(undefined, () => release.promise);
  const abort = new AbortController();
  const second = failure('aborted', pool.use(abort.signal, noop));
  const third = pool.use(undefined, noop);
  abort.abort();
  await second;
  release.resolve();
  await first;
  assert.equal(await third, 200);
});

test('closing refuses what waits, ends what runs, and says QUIT', async () => {
  await using server = await startHostileServer();
  const pool = ftpPool(settingsOf(alice(server)));
  await pool.use(undefined, noop);
  await pool.close();
  assert.equal(server.heard.at(-1)?.verb, 'QUIT');
  await failure('closed', pool.use(undefined, noop));
  await pool.close();

  const busy = ftpPool(settingsOf(alice(server)));
  const running = busy.use(undefined, async ({ connection }) => {
    await connection.request('NOOP');
    for (;;) await connection.request('NOOP');
  });
  const waiting = busy.use(undefined, noop);
  const both = Promise.all([failure('closed', running), failure('closed', waiting)]);
  await busy.close();
  await both;
});

test('a login that fails reaches the call, and the next one tries anew', async () => {
  await using server = await ownServer();
  let tries = 0;
  const password = (): string => (tries++ === 0 ? 'wrong' : 'wonderland');
  await using pool = ftpPool(settingsOf(alice(server, { password })));
  await failure('login-refused', pool.use(undefined, noop));
  assert.equal(await pool.use(undefined, noop), 200);
});

test('more waiting calls than are allowed are refused at once', async () => {
  await using server = await startHostileServer();
  await using pool = ftpPool(settingsOf(alice(server, { limits: { maxQueuedCalls: 2 } })));
  const release = Promise.withResolvers<void>();
  const calls = [pool.use(undefined, () => release.promise), pool.use(undefined, noop), pool.use(undefined, noop)];
  const error = await failure('limit', pool.use(undefined, noop));
  assert.match(error.message, /maxQueuedCalls/);
  release.resolve();
  await Promise.all(calls);
});

test('connections beyond the first are closed when nobody needs them', async () => {
  const closed: number[] = [];
  await using server = await startHostileServer();
  const gone = Promise.withResolvers<void>();
  await using pool = ftpPool(
    settingsOf(
      alice(server, {
        connections: 2,
        limits: { idleMs: 20 },
        log: (entry) => {
          if (entry.event !== 'closed') return;
          closed.push(entry.connection);
          gone.resolve();
        },
      }),
    ),
  );
  await Promise.all([pool.use(undefined, noop), pool.use(undefined, noop)]);
  await gone.promise;
  assert.equal(closed.length, 1);
  assert.equal(await pool.use(undefined, noop), 200);
});

test('a connection that becomes free serves a call before the one that is being made for it, which stays for the next', async () => {
  const isHeld = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let logins = 0;
  await using server = await startHostileServer({
    on: {
      async PASS(session) {
        logins += 1;
        if (logins === 2) {
          second.resolve();
          await isHeld.promise;
        }
        session.reply('230 Signed in');
      },
    },
  });
  await using pool = ftpPool(settingsOf(alice(server, { connections: 2 })));
  const release = Promise.withResolvers<void>();
  const numberOf = async ({ connection }: SignedIn): Promise<number> => connection.number;
  // Both connections are made at once, so that either may be the first.
  const first = pool.use(undefined, (signedIn) => release.promise.then(() => numberOf(signedIn)));
  const waiting = pool.use(undefined, numberOf);
  await second.promise;
  release.resolve();
  assert.equal(await waiting, await first);
  isHeld.resolve();
  const together = Promise.withResolvers<void>();
  const inside: number[] = [];
  const meet = async ({ connection }: SignedIn): Promise<void> => {
    inside.push(connection.number);
    if (inside.length === 2) together.resolve();
    await together.promise;
  };
  await Promise.all([pool.use(undefined, meet), pool.use(undefined, meet)]);
  assert.deepEqual(new Set(inside), new Set([1, 2]));
  assert.equal(logins, 2);
});
