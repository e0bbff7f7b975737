import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { connectTo, failureOf, IMPATIENT, patience } from './attacked-client.ts';

// CVE-2026-44240: a reply without an end must cost neither memory nor time without an end.

const limits = { maxReplyBytes: 65_536, maxReplyLines: 1000 };

const KINDS: readonly (readonly [title: string, chunk: string])[] = [
  ['lines', '200-more\r\n'.repeat(1000)],
  ['a line without an end', '2'.repeat(16_384)],
  ['empty lines', '\r\n'.repeat(5000)],
  ['NUL', '\0'.repeat(16_384)],
  ['Telnet commands', '\xff\xfb\x01'.repeat(5000)],
  ['preliminary replies', '120 Wait\r\n'.repeat(1000)],
];

for (const verb of ['GREETING', 'AUTH', 'USER', 'FEAT', 'PWD']) {
  for (const [title, chunk] of KINDS) {
    test(`An endless reply to ${verb} is cut off: ${title}`, async () => {
      const step: Step = (session) => session.sendEndlessly(chunk);
      await using server = await startHostileServer({ on: { [verb]: step } });
      const { code } = await failureOf(connectTo(server, { limits, signal: patience() }));
      const expected = ['protocol', 'limit', 'timeout', 'tls-refused', 'connection-lost', 'connect-failed'];
      assert.ok(expected.includes(code), code);
    });
  }
}

test('An endless reply in a transfer ends it', async () => {
  await using server = await startHostileServer({
    files: { '/file': 'text' },
    on: { RETR: (session) => session.sendEndlessly('150-more\r\n'.repeat(1000)) },
  });
  await using client = await connectTo(server, { limits });
  const { code } = await failureOf(client.readBuffer('/file', { signal: patience() }));
  assert.ok(['protocol', 'limit', 'data-connection', 'connection-lost', 'timeout'].includes(code), code);
});

const drip: Step = async (session) => {
  session.reply('213-Begun');
  while (session.isOpen) {
    await setTimeout(100);
    session.reply('and so on');
  }
};

for (const verb of ['GREETING', 'FEAT', 'TYPE', 'SIZE']) {
  test(`The limit of time is that of a whole reply, not of each of its lines: ${verb}`, async () => {
    await using server = await startHostileServer({ files: { '/file': 'text' }, on: { [verb]: drip } });
    const read = async (): Promise<void> => {
      await using client = await connectTo(server, { limits: IMPATIENT, signal: patience() });
      await client.readBuffer('/file', { signal: patience() });
    };
    const { code } = await failureOf(read());
    assert.equal(code, verb === 'GREETING' ? 'connect-failed' : 'timeout');
  });
}
