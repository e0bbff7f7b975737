import assert from 'node:assert/strict';
import { readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test from 'node:test';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { failure } from '../client-fixture.test.ts';
import { against, cutDownloads, LARGE } from './transfer-fixture.test.ts';

const FILE = LARGE.subarray(0, 3_000_000);
const files = { '/f': FILE };
const ONCE = { retry: { attempts: 1 } };

test('what was cut goes on at the byte where the sink stands', async () => {
  for (const end of [0, 1, 1_234_567, 3_000_000]) {
    await against(
      { files, on: { RETR: cutDownloads(4, end) } },
      async (client, { server, scratch }) => {
        const { retries, bytes } = await client.download('/f', scratch.at('f'));
        assert.ok(FILE.equals(await readFile(scratch.at('f'))));
        assert.deepEqual({ retries, bytes }, { retries: end === 3_000_000 ? 1 : 4, bytes: FILE.length });
        const offsets = server.heard.filter(({ verb }) => verb === 'REST').map(({ line }) => line);
        assert.ok(
          end === 0 || end === 3_000_000 ? offsets.length === 0 : offsets.every((line) => line === `REST ${end}`),
        );
      },
      { retry: { attempts: 5, delayMs: 1 } },
    );
    await against({ files, on: { RETR: cutDownloads(2, end) } }, async (client) => {
      assert.ok(FILE.equals(await client.readBuffer('/f')));
    });
    await against({ files, on: { RETR: cutDownloads(2, end) } }, async (client) => {
      assert.ok(FILE.equals(await buffer(await client.read('/f'))));
    });
    await against({ files, on: { RETR: cutDownloads(2, end) } }, async (client) => {
      const sink = new PassThrough();
      const read = buffer(sink);
      const { retries } = await client.download('/f', sink);
      assert.ok(FILE.equals(await read));
      assert.equal(retries, end === 3_000_000 ? 1 : 2);
    });
  }
});

test('a lost control connection is replaced, and the file goes on', async () => {
  let isLost = false;
  const RETR = async (session: HostileSession, path: string): Promise<void> => {
    if (isLost) return session.byDefault('RETR', path);
    isLost = true;
    session.reply('150 Sending');
    const data = await session.openData();
    await data.write(FILE.subarray(0, 1_500_000));
    session.reset();
  };
  await against({ files, on: { RETR } }, async (client, { scratch }) => {
    await client.download('/f', scratch.at('f'));
    assert.ok(FILE.equals(await readFile(scratch.at('f'))));
  });
});

test('tries end as the policy says, with what went wrong last', async () => {
  await against({ files, on: { RETR: cutDownloads(9, 1000) } }, async (client, { server, scratch }) => {
    const error = await failure('truncated', client.download('/f', scratch.at('f')));
    assert.equal(error.reply?.code, 226);
    assert.equal(server.heard.filter(({ verb }) => verb === 'RETR').length, 3);
    assert.deepEqual(await scratch.names(), []);
  });
});

test('a 5yz is not tried again, a 4yz is', async () => {
  for (const [code, expected] of [
    [550, 1],
    [450, 3],
  ] as const) {
    const RETR = (session: HostileSession): void => session.reply(`${code} No`);
    await against({ files, on: { RETR } }, async (client, { server }) => {
      await failure('refused', client.readBuffer('/f'));
      assert.equal(server.heard.filter(({ verb }) => verb === 'RETR').length, expected);
    });
  }
});

test('a file that changed meanwhile is fetched anew into a path, and never mixed into a stream', async () => {
  const expected = Buffer.concat([Buffer.alloc(FILE.length, 'o'), Buffer.from('longer')]);
  await against({ files, on: { RETR: changing(expected) } }, async (client, { scratch }) => {
    const { bytes, offset } = await client.download('/f', scratch.at('f'));
    assert.ok(expected.equals(await readFile(scratch.at('f'))));
    assert.deepEqual({ bytes, offset }, { bytes: expected.length, offset: 0 });
  });
  await against({ files, on: { RETR: changing(expected) } }, async (client) => {
    assert.ok(expected.equals(await client.readBuffer('/f')));
  });
  await against({ files, on: { RETR: changing(expected) } }, async (client) => {
    await failure('changed', client.download('/f', new PassThrough().resume()));
  });
  await against({ files, on: { RETR: changing(expected) } }, async (client) => {
    await failure('changed', buffer(await client.read('/f')));
  });
});

test('a server that can not restart, or tells no time, gets a path anew; a stream fails with what went wrong', async () => {
  const FEAT = (session: HostileSession): void => session.reply('211-\r\n SIZE\r\n MDTM\r\n211 End');
  const MDTM = (session: HostileSession): void => session.reply('550 No');
  for (const on of [{ FEAT }, { MDTM }]) {
    await against({ files, on: { ...on, RETR: cutDownloads(1, 1000) } }, async (client, { server, scratch }) => {
      await client.download('/f', scratch.at('f'));
      assert.ok(FILE.equals(await readFile(scratch.at('f'))));
      assert.ok(!server.heard.some(({ verb }) => verb === 'REST'));
    });
    await against({ files, on: { ...on, RETR: cutDownloads(1, 1000) } }, async (client, { server }) => {
      await failure('truncated', client.download('/f', new PassThrough().resume()));
      assert.equal(server.heard.filter(({ verb }) => verb === 'RETR').length, 1);
    });
  }
});

test('a later run goes on with what an earlier one left', async () => {
  await against(
    { files, on: { RETR: cutDownloads(1, 2_000_000) } },
    async (client, { server, scratch }) => {
      const path = scratch.at('f');
      await failure('truncated', client.download('/f', path, { resume: true }));
      assert.deepEqual(await scratch.names(), ['f.lockport-part', 'f.lockport-part.json']);
      const kept = (await stat(scratch.at('f.lockport-part'))).size;
      assert.ok(kept > 0 && FILE.subarray(0, kept).equals(await readFile(scratch.at('f.lockport-part'))));
      const { bytes, offset } = await client.download('/f', path, { resume: true });
      assert.deepEqual({ bytes, offset }, { bytes: FILE.length - kept, offset: kept });
      assert.ok(FILE.equals(await readFile(path)));
      assert.deepEqual(await scratch.names(), ['f']);
      assert.equal(server.heard.filter(({ line }) => line === `REST ${kept}`).length, 1);
    },
    ONCE,
  );
});

test('what an earlier run left of another version is not gone on with', async () => {
  const other = Buffer.alloc(FILE.length, 'o');
  const MDTM = (session: HostileSession): void => {
    const isOther = session.state.files.get('/f')?.equals(other);
    session.reply(`213 ${isOther ? '20250101000000' : '20240101000000'}`);
  };
  const RETR = changing(other);
  await against(
    { files, on: { MDTM, RETR } },
    async (client, { scratch }) => {
      const path = scratch.at('f');
      await failure('truncated', client.download('/f', path, { resume: true }));
      const { offset } = await client.download('/f', path, { resume: true });
      assert.equal(offset, 0);
      assert.ok(other.equals(await readFile(path)));
      assert.deepEqual(await scratch.names(), ['f']);
    },
    ONCE,
  );
});

test('a link where the part of an earlier run would be is not followed', async () => {
  await against(
    { files, on: { RETR: cutDownloads(1, 2_000_000) } },
    async (client, { scratch }) => {
      await failure('truncated', client.download('/f', scratch.at('f'), { resume: true }));
      const part = scratch.at('f.lockport-part');
      await writeFile(scratch.at('other'), 'mine');
      await rm(part);
      await symlink('other', part);
      await client.download('/f', scratch.at('f'), { resume: true });
      assert.equal(await readFile(scratch.at('other'), 'utf8'), 'mine');
      assert.ok(FILE.equals(await readFile(scratch.at('f'))));
      assert.deepEqual(await scratch.names(), ['f', 'other']);
    },
    ONCE,
  );
});

test('a file that was fetched with its time is not fetched again', async () => {
  await against(
    { files },
    async (client, { server, scratch }) => {
      const path = scratch.at('f');
      await client.download('/f', path, { resume: true, keepTime: true });
      const { bytes, offset } = await client.download('/f', path, { resume: true, keepTime: true });
      assert.deepEqual({ bytes, offset }, { bytes: 0, offset: FILE.length });
      assert.equal(server.heard.filter(({ verb }) => verb === 'RETR').length, 1);
      await writeFile(path, FILE);
      await client.download('/f', path, { resume: true, keepTime: true });
      assert.equal(server.heard.filter(({ verb }) => verb === 'RETR').length, 2);
    },
    ONCE,
  );
});

/** Cuts the first download, and puts another file in the place of what was fetched. */
function changing(other: Buffer): (session: HostileSession, path: string) => Promise<void> {
  const cut = cutDownloads(1, 2_000_000);
  let isChanged = false;
  return async (session, path) => {
    await cut(session, path);
    if (!isChanged) session.state.files.set('/f', other);
    isChanged = true;
  };
}
