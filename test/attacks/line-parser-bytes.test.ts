import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { startTestServer } from '../../src/testing/running-server.ts';

// CVE-2010-4221, CVE-2023-51713 and the like: every byte, in every place of a line, cut anywhere.

const spice = fc.constantFrom(
  '\xff\xf4',
  '\xff\xf2',
  '\xff\xff',
  '\xff\xfb\x01',
  '\xff',
  '\0',
  '\r',
  '\n',
  '"',
  '""',
  '\\',
  '%n%s',
  '\x1b[2J',
  '\x80',
  '\xc3(',
  ' ',
  'NOOP',
  'PWD',
  'MKD ',
  'FEAT',
  'STAT ',
  'CWD ',
  'HELP ',
  'OPTS MLST ',
  'SITE ',
  'REST 99999999999999999999',
);
const garbage = fc.array(
  fc.oneof(
    spice,
    fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  ),
  {
    maxLength: 40,
  },
);

test('After any bytes at all a session still answers, in order', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  let round = 0;
  await fc.assert(
    fc.asyncProperty(garbage, async (pieces) => {
      round += 1;
      for (const piece of pieces) client.write(piece);
      client.write(`\r\nXMKD mark-${round}\r\nSYST\r\n`);
      while ((await client.reply()).code !== 215);
      assert.equal(client.unread, '');
    }),
    { numRuns: 300, seed: 854 },
  );
  assert.equal(
    server.events.some(({ event }) => event === 'failure'),
    false,
  );
});

test('A line without an end is refused once, skipped to its end, and costs no memory', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  const before = process.memoryUsage().rss;
  const piece = Buffer.alloc(1_000_000, 'A');
  for (let sent = 0; sent < 50; sent += 1) client.write(piece);
  client.write('\r\nSYST\r\n');
  await client.expect(500);
  await client.expect(215);
  // Ours and the client's buffers together; a server that keeps the line needs 50 MB and its copies.
  assert.ok(process.memoryUsage().rss - before < 200_000_000);
});

test('A flood of commands is answered one by one', async () => {
  await using server = await startTestServer();
  await using client = await server.signIn();
  for (let sent = 0; sent < 2000; sent += 1) client.send('NOOP');
  for (let got = 0; got < 2000; got += 1) await client.expect(200);
});

test('Whoever asks on and on, and reads no reply, loses the connection', async () => {
  await using server = await startTestServer({ limits: { stallMs: 300 } });
  const socket = connect(server.explicitPort, '127.0.0.1');
  socket.on('error', () => undefined);
  // The replies to these do not fit into what two kernels buffer.
  socket.write('HELP\r\n'.repeat(20_000));
  await server.event(({ event }) => event === 'session.closed');
  socket.destroy();
});
