import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { connect } from '../client.ts';
import { alice } from '../client-fixture.test.ts';

test('a call is not refused while it is being served, though the connection that was made for it failed', async () => {
  const isSecondThere = Promise.withResolvers<void>();
  const mayRefuse = Promise.withResolvers<void>();
  const isRefused = Promise.withResolvers<void>();
  let greeted = 0;
  let asked = 0;
  await using server = await startHostileServer({
    on: {
      async GREETING(session) {
        greeted += 1;
        if (greeted !== 2) return session.reply('220 Ready');
        isSecondThere.resolve();
        await mayRefuse.promise;
        session.reply('500 No');
      },
      async NOOP(session) {
        asked += 1;
        if (asked > 1) return session.reply('200 Here');
        await isSecondThere.promise;
        // The farewell has begun when the connection is offered to the next call.
        session.send('200 Here\r\n421-Bye\r\n');
        await isRefused.promise;
        session.send('421 End\r\n');
      },
    },
  });
  await using client = await connect(
    alice(server, {
      connections: 2,
      log: (event) => event.event === 'reply' && event.code === 500 && isRefused.resolve(),
    }),
  );
  const first = client.send('NOOP');
  const second = client.send('NOOP');
  await first;
  await setImmediate();
  mayRefuse.resolve();
  assert.equal((await second).lines[0], 'Here');
});
