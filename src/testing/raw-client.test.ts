import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { ConnectionEnded, RawClient, UnexpectedReply } from './raw-client.ts';

/** A server of one connection that says exactly what it is told to. */
async function scripted(greeting: readonly string[]) {
  const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const client = await RawClient.connect({ port: (server.address() as AddressInfo).port, replyTimeoutMs: 200 });
  const [socket] = await connected;
  for (const piece of greeting) socket.write(piece);
  return {
    client,
    socket,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      socket.destroy();
      server.close();
    },
  };
}

test('A reply is one line, or all lines up to the one with its code and a space, however they are cut', async () => {
  await using peer = await scripted([
    '220 He',
    'llo\r',
    '\n211-Features\r\n 211 no end\r\n212 nor this\r\n211 End\r\n',
  ]);
  assert.deepEqual(await peer.client.reply(), { code: 220, lines: ['220 Hello'] });
  assert.deepEqual((await peer.client.reply()).lines, ['211-Features', ' 211 no end', '212 nor this', '211 End']);
});

test('What is not a reply, is another reply, or does not come in time is an error', async () => {
  await using peer = await scripted(['hello\r\n', '530 No\r\n']);
  await assert.rejects(peer.client.reply(), /Not a reply: "hello"/);
  await assert.rejects(peer.client.expect(230), UnexpectedReply);
  await assert.rejects(peer.client.reply(), /No reply within 200 ms/);
});

test('The end of the connection gives the replies that came before it, and none after', async () => {
  await using peer = await scripted(['421 Bye\r\n']);
  peer.socket.end();
  assert.deepEqual(await peer.client.ended(), [{ code: 421, lines: ['421 Bye'] }]);
  await assert.rejects(peer.client.reply(), ConnectionEnded);
});

test('Bytes go out as they are, lines with their line end', async () => {
  await using peer = await scripted([]);
  peer.client.write('\xff\xf4NO');
  peer.client.send('OP é');
  const received: Buffer[] = [];
  for await (const chunk of peer.socket) {
    received.push(chunk as Buffer);
    if (Buffer.concat(received).includes('\r\n')) break;
  }
  assert.deepEqual(Buffer.concat(received), Buffer.from('\xff\xf4NOOP \xc3\xa9\r\n', 'latin1'));
});
