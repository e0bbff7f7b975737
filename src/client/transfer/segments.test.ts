import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { connect } from '../client.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { segmentsOf } from './segments.ts';
import { against, LARGE, Scratch } from './transfer-fixture.test.ts';

test('segments cover what is left without a gap, and none is small', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 40), fc.nat(2 ** 40), fc.integer({ min: 1, max: 20 }), (start, bytes, count) => {
      const size = start + bytes;
      const segments = segmentsOf(start, size, count);
      assert.ok(segments.length >= 1 && segments.length <= count);
      assert.equal(segments[0]?.start, start);
      assert.equal(segments.at(-1)?.end, undefined);
      for (const [index, { start, end = size }] of segments.entries()) {
        assert.equal(end, segments[index + 1]?.start ?? size);
        assert.ok(segments.length === 1 || end - start >= 500_000);
      }
    }),
  );
});

test('a file comes over several connections at once, from any byte on', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server, { connections: 4 }));
  await writeFile(join(server.root, 'f'), LARGE);
  for (const offset of [0, 1_234_567]) {
    const { bytes } = await client.download('f', scratch.at('f'), { segments: 4, offset });
    assert.equal(bytes, LARGE.length - offset);
    assert.ok(LARGE.subarray(offset).equals(await readFile(scratch.at('f'))));
  }
  assert.equal(server.events.filter(({ event }) => event === 'session.opened').length, 4);
});

test('where parts can not be had, or are too small, one connection does', async () => {
  const FEAT = (session: HostileSession): void => session.reply('211-\r\n SIZE\r\n MDTM\r\n211 End');
  const SIZE = (session: HostileSession): void => session.reply('550 No');
  for (const on of [{ FEAT }, { SIZE }]) {
    await against(
      { files: { '/f': LARGE }, on },
      async (client, { server, scratch }) => {
        await client.download('/f', scratch.at('f'), { segments: 4 });
        assert.ok(LARGE.equals(await readFile(scratch.at('f'))));
        assert.equal(server.heard.filter(({ verb }) => verb === 'RETR').length, 1);
      },
      { connections: 4 },
    );
  }
});

test('a part that breaks is taken up again; one that can not be had ends all, and nothing is left', async () => {
  for (const fails of [1, 9]) {
    let left = fails;
    const RETR = async (session: HostileSession, path: string): Promise<void> => {
      const start = session.restart;
      if (start === 0 || left === 0) return session.byDefault('RETR', path);
      left -= 1;
      session.restart = 0;
      session.reply('150 Sending');
      await (await session.openData()).finish(LARGE.subarray(start, start + 100_000), 'cut');
      session.reply('226 Sent');
    };
    await against(
      { files: { '/f': LARGE }, on: { RETR } },
      async (client, { scratch }) => {
        const call = client.download('/f', scratch.at('f'), { segments: 2 });
        if (fails === 1) {
          assert.equal((await call).retries, 1);
          assert.ok(LARGE.equals(await readFile(scratch.at('f'))));
        } else {
          await failure('truncated', call);
          assert.deepEqual(await scratch.names(), []);
        }
      },
      { connections: 2 },
    );
  }
});

test('a part that is refused ends those that are still coming', async () => {
  const RETR = async (session: HostileSession): Promise<void> => {
    if (session.restart > 0) return session.reply('550 No');
    session.reply('150 Sending');
    await (await session.openData()).write(LARGE.subarray(0, 1000));
  };
  await against(
    { files: { '/f': LARGE }, on: { RETR } },
    async (client, { scratch }) => {
      await failure('refused', client.download('/f', scratch.at('f'), { segments: 2 }));
      assert.deepEqual(await scratch.names(), []);
    },
    { connections: 2 },
  );
});

test('of parts that broke, a later run goes on behind the first gap', async () => {
  let isBroken = true;
  const RETR = async (session: HostileSession, path: string): Promise<void> => {
    const start = session.restart;
    if (start === 0 || !isBroken) return session.byDefault('RETR', path);
    session.restart = 0;
    session.reply('150 Sending');
    await (await session.openData()).finish(LARGE.subarray(start, start + 1000), 'cut');
    session.reply('226 Sent');
  };
  await against(
    { files: { '/f': LARGE }, on: { RETR } },
    async (client, { scratch }) => {
      const path = scratch.at('f');
      await failure('truncated', client.download('/f', path, { segments: 4, resume: true }));
      const { size } = await stat(scratch.at('f.lockport-part'));
      assert.ok(size <= LARGE.length / 4 + 1000, `${size}`);
      assert.ok(LARGE.subarray(0, size).equals(await readFile(scratch.at('f.lockport-part'))));
      isBroken = false;
      const { offset } = await client.download('/f', path, { segments: 4, resume: true });
      assert.equal(offset, size);
      assert.ok(LARGE.equals(await readFile(path)));
      assert.deepEqual(await scratch.names(), ['f']);
    },
    { connections: 4, retry: { attempts: 1 } },
  );
});
