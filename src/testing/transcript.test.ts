import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import { playTranscript, TranscriptMismatch } from './transcript.ts';
import { parseTranscript } from './transcript-page.ts';

/** Plays a page against a server that answers every line, and the connection itself, with the next of `replies`, and then ends. */
async function play(page: string, replies: readonly string[]): Promise<void> {
  const rest = [...replies];
  const server = createServer((socket) => {
    const answer = () => {
      const text = `${(rest.shift() ?? '').replaceAll('\n', '\r\n')}\r\n`;
      if (rest.length > 0) socket.write(text);
      else socket.end(text);
    };
    socket.on('data', answer).on('error', () => undefined);
    answer();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    await playTranscript(page, { explicitPort: port, implicitPort: 0 });
  } finally {
    server.close();
  }
}

test('A page is played in order, with wildcards in lines and for lines', async () => {
  const page =
    '# A page\nS: 220 *\n\nC: FEAT\nS: 211-*\nS: ...\nS:  UTF8\nS: ...\nS: 211 End\nC: QUIT\nS: 2* Bye*\n-- end';
  await play(page, ['220 Hello', '211-Features\n AUTH TLS\n UTF8\n PBSZ\n211 End', '221 Bye now']);
});

test('A line with many stars is compared with a long one in few steps', async () => {
  const page = `# A page\nS: 220 ${'*a'.repeat(20)}*b`;
  await assert.rejects(play(page, [`220 ${'a'.repeat(3000)}`]), TranscriptMismatch);
});

test('One expected line takes a reply of many lines by its last', async () => {
  await play('# Greeting\nS: 220 Ready', ['220-Welcome\n220-to all\n220 Ready']);
});

test('A mismatch names the line of the page, what it expects and what came', async () => {
  await assert.rejects(play('# P\nS: 220 *\nC: NOOP\nS: 200 Fine', ['220 Hello', '200 Bad']), (error: Error) => {
    assert.ok(error instanceof TranscriptMismatch);
    assert.equal(error.message, 'Line 4\n  expected: 200 Fine\n  got:      200 Bad');
    return true;
  });
});

test('A line too few, a line too many and a word after the end are mismatches', async () => {
  const feat = ['211-Features\n A\n B\n211 End'];
  await assert.rejects(play('# P\nS: 211-*\nS:  A\nS: 211 End', feat), /Line 4\n {2}expected: 211 End\n {2}got: {6} B/);
  await assert.rejects(play('# P\nS: 211-*\nS: ...\nS:  C\nS: 211 End', feat), /Line 4\n {2}expected: {2}C/);
  await assert.rejects(play('# P\nS: 220 *\nC: QUIT\n-- end', ['220 Hello', '221 Bye']), /Line 4.*\n.*\n.*221 Bye/);
});

test('A reply that does not come is told with its line', async () => {
  await assert.rejects(play('# P\nS: 220 *\nC: NOOP\nS: 200 *', ['220 Hello']), /Line 4: The server ended/);
});

test('A page with a line that says nothing is refused by its number', () => {
  assert.throws(() => parseTranscript('# P\nS: 220 *\nX: what'), /Line 3: neither/);
  assert.throws(() => parseTranscript('# P\n-- dance'), /Line 2: no direction is called "dance"/);
});
