import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { DatagramSender } from './datagram-sender.ts';

/** A receiver on a port of its own, and what comes there. */
async function receiver(): Promise<{ readonly port: number; next(): Promise<string> } & AsyncDisposable> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const came: string[] = [];
  socket.on('message', (message) => came.push(String(message)));
  return {
    port: socket.address().port,
    async next() {
      while (came.length === 0) await once(socket, 'message');
      return came.shift() ?? '';
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

test('each message is one datagram, by address or by name', async () => {
  for (const host of ['127.0.0.1', 'localhost']) {
    await using syslog = await receiver();
    await using sender = new DatagramSender(host, syslog.port, 10_000);
    for (const text of ['<92>1 first', '<92>1 second']) {
      sender.write(Buffer.from(text));
      assert.equal(await syslog.next(), text);
    }
    while (sender.state.queuedBytes > 0) await setImmediate();
    assert.deepEqual(sender.state, { queuedBytes: 0, lostLines: 0 });
  }
});

test('what finds no room, is too long for a datagram or has no receiver by that name is counted, and stops nobody', async () => {
  await using syslog = await receiver();
  await using sender = new DatagramSender('127.0.0.1', syslog.port, 100_000);
  sender.write(Buffer.alloc(70_000));
  sender.write(Buffer.alloc(70_000));
  assert.equal(sender.state.lostLines, 1);
  while (sender.state.queuedBytes > 0) await setImmediate();
  assert.equal(sender.state.lostLines, 2);
  sender.write(Buffer.from('<92>1 still'));
  assert.equal(await syslog.next(), '<92>1 still');
  await using nowhere = new DatagramSender('no-such-host.invalid', 514, 100);
  nowhere.write(Buffer.from('x'));
  while (nowhere.state.queuedBytes > 0) await setImmediate();
  assert.equal(nowhere.state.lostLines, 1);
});
