import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { connect } from '../client.ts';
import { alice, announcing, failure } from '../client-fixture.test.ts';

for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
  test(`that our own direction has ended first hides no stream that was ${ending}, of a file or a listing`, async () => {
    let isHeard = false;
    await using server = await startHostileServer({
      files: { '/a': 'content' },
      on: {
        GREETING: (session) => session.reply('220 (vsFTPd 3.0.5)'),
        // Nothing else tells that something is missing.
        FEAT: announcing('EPSV', 'MLST type*;size*;'),
        async RETR(session) {
          session.reply('150 Sending');
          const data = await session.openData();
          await data.receive();
          isHeard = true;
          await data.finish('conte', ending);
          session.reply('226 Sent');
        },
        async MLSD(session) {
          session.reply('150 Listing');
          const data = await session.openData();
          await data.receive();
          await data.finish('type=file;size=7; a\r\n', ending);
          session.reply('226 Sent');
        },
      },
    });
    await using client = await connect(alice(server));
    await failure('truncated', client.readBuffer('/a'));
    assert.ok(isHeard);
    await using other = await connect(alice(server));
    await failure('truncated', Array.fromAsync(other.list('/')));
  });
}
