import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'node:test';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { connect } from '../client.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { against, LARGE, Scratch } from './transfer-fixture.test.ts';

const FILE = LARGE.subarray(0, 3_000_000);

test('an upload that broke goes on behind what the server has', async () => {
  for (const kept of [0, 1, 1_500_000, FILE.length]) {
    await against({ on: { STOR: breakingStore(1, kept) } }, async (client, { server }) => {
      const { retries, bytes } = await client.upload(FILE, '/f');
      assert.deepEqual({ retries, bytes }, { retries: 1, bytes: FILE.length });
      assert.ok(server.files.get('/f')?.equals(FILE));
      const offsets = server.heard.filter(({ verb }) => verb === 'REST').map(({ line }) => line);
      assert.deepEqual(offsets, kept === 0 ? [] : [`REST ${kept}`]);
    });
  }
});

test('a path, a blob and a function are read again from where it broke, with the checksum of the whole', async () => {
  const on = {
    FEAT: (session: HostileSession): void => session.reply('211-\r\n SIZE\r\n REST STREAM\r\n XCRC\r\n211 End'),
    XCRC: (session: HostileSession): void => session.reply('250 cbf43926'),
  };
  await using scratch = await Scratch.make();
  await writeFile(scratch.at('f'), '123456789');
  const bytes = Buffer.from('123456789');
  for (const source of [
    scratch.at('f'),
    new Blob([bytes]),
    (offset: number) => Readable.from([bytes.subarray(offset)]),
  ]) {
    await against({ on: { ...on, STOR: breakingStore(1, 4) } }, async (client, { server }) => {
      const { verified } = await client.upload(source, '/f', { checksum: 'require' });
      assert.equal(server.files.get('/f')?.toString(), '123456789');
      assert.equal(verified, 'CRC32');
    });
  }
});

test('without REST an upload goes on by APPE', async () => {
  const FEAT = (session: HostileSession): void => session.reply('211-\r\n SIZE\r\n211 End');
  await against({ on: { FEAT, STOR: breakingStore(1, 1_500_000) } }, async (client, { server }) => {
    await client.upload(FILE, '/f');
    assert.ok(server.files.get('/f')?.equals(FILE));
    assert.deepEqual(
      server.heard.filter(({ verb }) => ['REST', 'APPE', 'STOR'].includes(verb)).map(({ verb }) => verb),
      ['STOR', 'APPE'],
    );
  });
});

test('what stood under the name before is never taken for the beginning of what is sent', async () => {
  const STOR = breakingStore(1, undefined);
  await against({ files: { '/f': Buffer.alloc(1_000_000, 'o') }, on: { STOR } }, async (client, { server }) => {
    await client.upload(FILE, '/f');
    assert.ok(server.files.get('/f')?.equals(FILE));
    assert.ok(!server.heard.some(({ verb }) => verb === 'REST'));
  });
});

test('a server that has more than was sent has something else', async () => {
  let isBroken = false;
  const STOR = async (session: HostileSession, path: string): Promise<void> => {
    if (isBroken) {
      if (session.restart === 0) session.state.files.delete(path);
      return session.byDefault('STOR', path);
    }
    isBroken = true;
    session.reply('150 Taking');
    await (await session.openData()).receive();
    session.state.files.set(path, Buffer.alloc(FILE.length + 1));
    session.reply('426 The data connection broke');
  };
  await against({ on: { STOR } }, async (client, { server }) => {
    await client.upload(FILE, '/f');
    assert.ok(server.files.get('/f')?.equals(FILE));
  });
});

test('a small file is sent again as a whole, and not looked at before', async () => {
  await against({ on: { STOR: breakingStore(1, 2) } }, async (client, { server }) => {
    await client.upload(Buffer.from('small'), '/f');
    assert.equal(server.files.get('/f')?.toString(), 'small');
    assert.ok(!server.heard.some(({ verb }) => verb === 'REST'));
    assert.equal(server.heard.filter(({ verb }) => verb === 'SIZE').length, 1);
  });
});

test('a server that does not let an upload go on gets it from its beginning', async () => {
  const REST = (session: HostileSession): void => session.reply('451 Not now');
  await against({ on: { REST, STOR: breakingStore(1, 1_500_000) } }, async (client, { server }) => {
    const { retries } = await client.upload(FILE, '/f');
    assert.equal(retries, 2);
    assert.ok(server.files.get('/f')?.equals(FILE));
  });
});

test('a source that can not be read again fails with what went wrong; so does what is added', async () => {
  await against({ on: { STOR: breakingStore(9, 10), APPE: breakingStore(9, 10) } }, async (client, { server }) => {
    await failure('truncated', client.upload(Readable.from([FILE]), '/f'));
    await failure('truncated', client.append(FILE, '/f'));
    const stored = server.heard.filter(({ verb }) => verb === 'STOR' || verb === 'APPE').map(({ verb }) => verb);
    assert.deepEqual(stored, ['STOR', 'APPE']);
  });
});

test('an interrupted upload to our own server is taken up by a later run', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const left = new AbortController();
  const interrupted = client.upload(LARGE, 'f', {
    signal: left.signal,
    maxBytesPerSecond: 20_000_000,
    onProgress: ({ bytes }) => bytes > 2_000_000 && left.abort(),
  });
  await failure('aborted', interrupted);
  const { bytes, offset, verified } = await client.upload(LARGE, 'f', { resume: true, checksum: 'require' });
  assert.ok(offset > 0 && offset + bytes === LARGE.length);
  assert.equal(verified, 'SHA-512');
  assert.ok(LARGE.equals(await readFile(join(server.root, 'f'))));
});

test('going on with what stands there skips what a stream gives of it, and sends nothing of a whole file', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  await client.upload(FILE.subarray(0, 2_000_000), 'f');
  const stream = Readable.from([FILE.subarray(0, 1_999_999), FILE.subarray(1_999_999)]);
  const { bytes, offset } = await client.upload(stream, 'f', { resume: true, checksum: 'require' });
  assert.deepEqual({ bytes, offset }, { bytes: 1_000_000, offset: 2_000_000 });
  assert.equal((await client.upload(FILE, 'f', { resume: true })).bytes, 0);
  assert.ok(FILE.equals(await readFile(join(server.root, 'f'))));
  await failure('wrong-size', client.upload(FILE.subarray(0, 10), 'f', { resume: true }));
  await client.upload(FILE, 'new', { resume: true });
  assert.ok(FILE.equals(await readFile(join(server.root, 'new'))));
});

/** Breaks the first uploads off when all has come, and keeps so many bytes of them; undefined: what was there before. */
function breakingStore(
  times: number,
  kept: number | undefined,
): (session: HostileSession, path: string) => Promise<void> {
  let left = times;
  return async (session, path) => {
    if (left === 0) return session.byDefault('STOR', path);
    left -= 1;
    session.reply('150 Taking');
    const data = await session.openData();
    const bytes = await data.receive();
    if (kept !== undefined) session.state.files.set(path, bytes.subarray(0, kept));
    session.reply('426 The data connection broke');
  };
}

test('resuming an upload never mixes two files: what stands there is compared with the beginning of the source', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  await client.upload(Buffer.from('yesterday'), '/f');
  const other = await client.upload(Buffer.from('TODAY-IS-OTHER'), '/f', { resume: true });
  assert.deepEqual([other.offset, other.bytes], [0, 14]);
  assert.equal(await readFile(join(server.root, 'f'), 'utf8'), 'TODAY-IS-OTHER');
  const more = await client.upload(Buffer.from('TODAY-IS-OTHER, and more'), '/f', { resume: true });
  assert.deepEqual([more.offset, more.bytes], [14, 10]);
  assert.equal(await readFile(join(server.root, 'f'), 'utf8'), 'TODAY-IS-OTHER, and more');
});
