import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { failure } from '../client-fixture.test.ts';
import { MemorySink } from './sink.ts';
import { against } from './transfer-fixture.test.ts';
import type { Progress } from './transfer-options.ts';

for (const [opening, announced] of [
  ['Opening BINARY mode data connection for /f (1000 bytes)', 1000],
  ['1000 bytes to download', 1000],
] as const) {
  test(`where SIZE is unknown, a server may send a named limit more than its "${opening}" tells`, async () => {
    await against(
      { files: { '/f': '' }, on: { SIZE: noSize, RETR: endless(opening) } },
      async (client, { scratch }) => {
        const stop = new AbortController();
        let most = 0;
        const onProgress = ({ bytes }: Progress): void => {
          most = Math.max(most, bytes);
          if (bytes > 50_000_000) stop.abort();
        };
        const options = { onProgress, signal: stop.signal };
        const error = await failure('wrong-size', client.download('/f', scratch.at('f'), options));
        assert.match(error.message, /\b1000 bytes\b.*maxUnannouncedBytes/s);
        assert.deepEqual([error.retryable, most <= announced + 1_000_000, await scratch.names()], [false, true, []]);
        await failure('wrong-size', client.download('/f', new MemorySink(50_000_000), { ...options, offset: 500 }));
        assert.ok(most <= announced + 1_000_000);
      },
      { limits: { maxUnannouncedBytes: 1_000_000 } },
    );
  });
}

for (const [why, opening, type] of [
  ['in the path', 'Opening BINARY mode data connection for /F (10 bytes)', 'binary'],
  ['of a text, which is longer on the way', 'Opening ASCII mode data connection (10 bytes)', 'text'],
  ['nowhere', 'Here it comes', 'binary'],
] as const) {
  test(`a number of bytes ${why} bounds no download`, async () => {
    const content = 'x'.repeat(10_000);
    const RETR = async (session: HostileSession): Promise<void> => {
      session.reply(`150 ${opening}`);
      const data = await session.openData();
      await data.finish(content);
      session.reply('226 Sent');
    };
    await against(
      { files: { '/f (10 bytes)': content }, on: { SIZE: noSize, RETR } },
      async (client, { scratch }) => {
        const totals = new Set<number | undefined>();
        const onProgress = ({ total }: Progress): unknown => totals.add(total);
        await client.download('/f (10 bytes)', scratch.at('f'), { type, onProgress });
        assert.equal(await readFile(scratch.at('f'), 'utf8'), content);
        if (type === 'binary') assert.deepEqual([...totals], [undefined]);
      },
      { limits: { maxUnannouncedBytes: 1 } },
    );
  });
}

test('a file that is longer than its announcement by less than the limit comes whole, as from a server that counts in 32 bits', async () => {
  const RETR = async (session: HostileSession): Promise<void> => {
    session.reply('150 Opening BINARY mode data connection for /f (10 bytes)');
    const data = await session.openData();
    await data.finish('x'.repeat(110));
    session.reply('226 Sent');
  };
  const limits = { maxUnannouncedBytes: 100 };
  await against(
    { files: { '/f': '' }, on: { SIZE: noSize, RETR } },
    async (client) => assert.equal((await client.readBuffer('/f')).length, 110),
    { limits },
  );
});

const noSize = (session: HostileSession): void => session.reply('550 Not here');

function endless(opening: string): (session: HostileSession) => Promise<void> {
  return async (session) => {
    session.reply(`150 ${opening}`);
    const data = await session.openData();
    await data.writeEndlessly('x'.repeat(65_536));
    session.reply('226 Sent');
  };
}
