import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type Step, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { ReplyReader } from '../../protocol/index.ts';
import { ClientChannel } from '../../transport/index.ts';
import { connect } from '../client.ts';
import { alice, failure } from '../client-fixture.test.ts';
import { settingsOf } from '../settings.ts';
import { readReply } from './read-reply.ts';

/** Says this, as it stands. */
const raw = (bytes: string): Step => {
  return (session) => session.send(bytes);
};
const limits = { replySilenceMs: 50, replyMs: 20_000 };

test('a reply of several lines whose last one has another code ends when the server says no more', async () => {
  const on = { FEAT: raw('211-Features\r\n SIZE\r\n 100 sheep\r\n200 End\r\n') };
  await using server = await startHostileServer({ on });
  await using client = await connect(alice(server, { limits }));
  assert.deepEqual([...client.server.features.keys()], ['SIZE', '100']);
});

test('a line with another code that more lines follow is text', async () => {
  const on = { STAT: raw('211-Here\r\n200 sheep\r\n212 goats\r\n211 End\r\n') };
  await using server = await startHostileServer({ on });
  await using client = await connect(alice(server, { limits: { ...limits, replySilenceMs: 5000 } }));
  assert.deepEqual((await client.send('STAT')).lines, ['Here', '200 sheep', '212 goats', 'End']);
});

test('a reply without a final line end is taken when the server says no more, and the end may come later', async () => {
  const on = { STAT: raw('211 Here'), NOOP: raw('\r\n200 Still\r\n') };
  await using server = await startHostileServer({ on });
  await using client = await connect(alice(server, { limits }));
  assert.deepEqual((await client.send('STAT')).lines, ['Here']);
  assert.deepEqual((await client.send('NOOP')).lines, ['Still']);
});

test('a reply without a final line end is taken when the server goes away', async () => {
  const STAT: Step = async (session) => {
    session.send('530 Go away');
    await session.end();
  };
  await using server = await startHostileServer({ on: { STAT } });
  await using client = await connect(alice(server, { limits: { replyMs: 20_000 } }));
  assert.equal((await failure('login-refused', client.send('STAT'))).reply?.code, 530);
});

test('a beginning of a reply is none, however long it stands', async () => {
  for (const bytes of ['211', '211-Here', '211-Here\r\n212 en', '21', 'Hello']) {
    await using server = await startHostileServer({ on: { GREETING: raw(bytes) } });
    const { limits, charset } = settingsOf(alice(server));
    await using channel = await ClientChannel.connect({ host: 'localhost', port: server.port, limits });
    while (channel.unfinishedBytes < bytes.length - (bytes.lastIndexOf('\n') + 1)) await turn();
    const replies = new ReplyReader({ decode: charset.decode, ...limits });
    const wait = { timeoutMs: 200, silenceMs: 20, signal: undefined };
    await assert.rejects(readReply(channel, replies, wait), { code: 'timeout' });
  }
});
