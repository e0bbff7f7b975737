import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { tcpPair } from '../tcp-pair.ts';
import { ControlChannel } from './control-channel.ts';
import { Inbox, replyOn, setup } from './control-channel-fixture.test.ts';

describe('lines', () => {
  test('are delivered whole and in order, however they are cut on the wire', async () => {
    const { client, lines } = await setup();
    for (const byte of Buffer.from('ONE\r\nTWO\r\n')) client.write(Buffer.of(byte));
    client.write('THREE\r\nFOUR\r\nFI');
    client.end('VE\r\n');
    await lines.has('(end)');
    assert.deepEqual(lines.all, ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', '(end)']);
  });

  test('that are too long are told as such, and the next one is read', async () => {
    const { client, lines } = await setup({ maxLineBytes: 20 });
    client.end(`${'x'.repeat(50)}\r\nNOOP\r\n`);
    await lines.has('(end)');
    assert.deepEqual(lines.all, ['too-long', 'NOOP', '(end)']);
  });

  test('wait while the channel is paused, and so does the end', async () => {
    const { channel, client, lines } = await setup();
    channel.pause();
    client.end('ONE\r\nTWO\r\n');
    await once(client, 'finish');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(lines.all, []);
    channel.resume();
    await lines.has('(end)');
    assert.deepEqual(lines.all, ['ONE', 'TWO', '(end)']);
  });

  test('stop at once when the one that was delivered pauses the channel', async () => {
    const [accepted, client] = await tcpPair();
    await using channel = new ControlChannel(accepted, limitsWith());
    const lines = new Inbox();
    channel.listen({
      onLine(line) {
        lines.add(line);
        channel.pause();
      },
      onEnd: () => lines.add('(end)'),
    });
    client.end('ONE\r\nTWO\r\n');
    for (const [index, line] of ['ONE', 'TWO', '(end)'].entries()) {
      await lines.has(line);
      assert.equal(lines.all.length, index + 1);
      channel.resume();
    }
    client.destroy();
  });

  test('may hold Telnet options, which are refused', async () => {
    const { client, lines } = await setup();
    client.write(Buffer.from([0xff, 0xfd, 0x06, ...Buffer.from('NOOP\r\n')]));
    assert.equal(await replyOn(client), '\xff\xfc\x06200 NOOP\r\n'.replace('\xff\xfc', '\ufffd\ufffd'));
    await lines.has('NOOP');
  });
});

describe('the end of a channel', () => {
  test('by the peer is told, with the lines before it', async () => {
    const { channel, client, lines } = await setup();
    client.end('QUIT\r\n');
    await lines.has('(end)');
    await channel.close();
    assert.equal(await channel.closed, 'peer-closed');
  });

  test('by a reset of the peer is told', async () => {
    const { channel, client } = await setup();
    client.resetAndDestroy();
    assert.equal(await channel.closed, 'reset');
  });

  test('by close brings the last reply to the peer, even when more of its own comes meanwhile', async () => {
    const { channel, client, lines } = await setup();
    client.write('QUIT\r\n');
    await lines.has('QUIT');
    client.write('NOOP\r\n'.repeat(1000));
    const received: Buffer[] = [];
    client.on('data', (chunk) => received.push(chunk));
    client.on('end', () => client.end());
    await channel.close(Buffer.from('221 bye\r\n'));
    assert.equal(Buffer.concat(received).toString(), '200 QUIT\r\n221 bye\r\n');
    assert.equal(await channel.closed, 'closed');
  });

  test('by close does not wait forever for a peer that stays', async () => {
    const { channel, client } = await setup({ replyFlushMs: 30 });
    client.resume();
    await channel.close(Buffer.from('421 bye\r\n'));
    assert.equal(await channel.closed, 'closed');
  });

  test('comes to a peer that does not read, by the bytes that wait for it', async () => {
    const { channel, client } = await setup({ maxReplyQueueBytes: 100_000 });
    client.pause();
    // More than the kernel takes for a peer that does not read.
    await Promise.all(Array.from({ length: 500 }, () => channel.send(Buffer.alloc(90_000))));
    assert.equal(await channel.closed, 'unread');
  });

  test('comes to a peer that does not read, by the time that a reply waits for it', async () => {
    const { channel, client } = await setup({ maxReplyQueueBytes: 1e9, stallMs: 50 });
    client.pause();
    await channel.send(Buffer.alloc(50_000_000));
    assert.equal(await channel.closed, 'unread');
  });

  test('leaves later sends and closes without effect', async () => {
    const { channel, client } = await setup();
    client.destroy();
    await channel[Symbol.asyncDispose]();
    await channel.send(Buffer.from('200 late\r\n'));
    await channel.close(Buffer.from('421 late\r\n'));
  });
});

test('that its client has ended is heard, however busy this process was in the time allowed for that', async () => {
  const { channel, client } = await setup();
  const staysOpen = channel.staysOpen(20);
  // The time runs from here on.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  client.destroy();
  const until = performance.now() + 50;
  while (performance.now() < until);
  assert.equal(await staysOpen, false);
});
