import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodeFrame } from '../../protocol/index.ts';
import type { Dial } from '../../transport/index.ts';
import { connect } from '../client.ts';
import { alice, announcing, failure, ownServer } from '../client-fixture.test.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { against, Scratch } from '../transfer/transfer-fixture.test.ts';

const NAMES = Array.from({ length: 40 }, (_, number) => `f${number}`);
const contentOf = (name: string) => `content of ${name} `.repeat(40);

/** Dials, and breaks the first data connection once so many bytes have passed on it, in either direction. */
function breakingFirst(bytes: number, controlPort: number): Dial {
  let isBroken = false;
  return async ({ host, port }) => {
    const socket = connectTcp({ host, port, allowHalfOpen: true, noDelay: true });
    await once(socket, 'connect');
    if (port !== controlPort && !isBroken) {
      isBroken = true;
      breakAfter(socket, bytes);
    }
    return socket;
  };
}

function breakAfter(socket: Socket, bytes: number): void {
  const timer = setInterval(() => {
    if (socket.bytesRead + socket.bytesWritten < bytes) return;
    socket.resetAndDestroy();
  }, 0);
  socket.once('close', () => clearInterval(timer));
}

for (const bytes of [1, 2000, 5000, 12_000, 25_000, 33_000]) {
  test(`Uploads whose bundle breaks after ${bytes} bytes are all stored, each once told`, async () => {
    await using server = await ownServer();
    const dial = breakingFirst(bytes, server.explicitPort);
    await using client = await connect(alice(server, { connections: 2, dial, retry: { attempts: 3, delayMs: 1 } }));
    const results = await Promise.all(
      NAMES.map((name) => client.upload(Buffer.from(contentOf(name)), `/${name}`, { bundled: true })),
    );
    assert.equal(results.length, NAMES.length);
    for (const name of NAMES) assert.equal(await readFile(join(server.root, name), 'utf8'), contentOf(name));
    assert.deepEqual((await readdir(server.root)).toSorted(), NAMES.toSorted());
  });

  test(`Downloads whose bundle breaks after ${bytes} bytes all come, whole, and no file stays open`, async () => {
    let root = '';
    {
      await using server = await ownServer();
      root = server.root;
      await using scratch = await Scratch.make();
      for (const name of NAMES) await writeFile(join(root, name), contentOf(name));
      const dial = breakingFirst(bytes, server.explicitPort);
      await using client = await connect(alice(server, { connections: 2, dial, retry: { attempts: 3, delayMs: 1 } }));
      await Promise.all(NAMES.map((name) => client.download(name, scratch.at(name), { bundled: true })));
      for (const name of NAMES) assert.equal(await readFile(scratch.at(name), 'utf8'), contentOf(name));
      assert.deepEqual(await scratch.names(), NAMES.toSorted());
    }
    const open = await Promise.all(
      (await readdir('/proc/self/fd').catch(() => [])).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    assert.deepEqual(
      open.filter((path) => path.startsWith(root)),
      [],
    );
  });
}

test('Results that were lost on the way are taken from the final reply', async () => {
  const results =
    '426-Cut; stored 2 of 3 items\r\n 1 226 Stored\r\n 2 552 Quota exceeded\r\n 3 426 Cut\r\n426 End of results';
  await against(
    {
      on: {
        FEAT: announcing('BNDL STOR;', 'SIZE'),
        async BNDL(session) {
          session.reply('150 Send');
          const data = await session.openData();
          // Three heads, contents and ends.
          await data.receivedBytes(3 * 80);
          await data.finish('', 'reset').catch(() => undefined);
          session.reply(results);
        },
      },
    },
    async (client, { server }) => {
      const upload = (name: string) => client.upload(Buffer.from(name), `/${name}`, { bundled: true });
      const [first, second, third] = await Promise.allSettled([upload('a'), upload('b'), upload('c')]);
      assert.equal(first.status, 'fulfilled');
      assert.ok(second.status === 'rejected' && second.reason.reply.code === 552);
      // What was cut goes the ordinary way.
      assert.equal(third.status, 'fulfilled');
      assert.deepEqual(
        server.heard.filter(({ line }) => line.startsWith('STOR')).map(({ line }) => line),
        ['STOR /c'],
      );
    },
  );
});

test('A server that refuses bundles after all is asked once, and gets each file by itself', async () => {
  await against(
    { on: { FEAT: announcing('BNDL STOR;RETR;MLSD;', 'SIZE'), BNDL: (session) => session.reply('502 No') } },
    async (client, { server }) => {
      for (const name of ['a', 'b', 'c']) await client.upload(Buffer.from(name), `/${name}`, { bundled: true });
      assert.equal(server.heard.filter(({ line }) => line.startsWith('BNDL')).length, 1);
      assert.equal(server.heard.filter(({ line }) => line.startsWith('STOR')).length, 3);
    },
  );
});

for (const [there, lines] of [
  ['empty', ''],
  ['full', 'type=file;size=1; theirs\r\n'],
] as const) {
  test(`A directory that a broken bundle may have made counts as made where it is empty: here it is ${there}`, async () => {
    let made = 0;
    await against(
      {
        on: {
          FEAT: announcing('BNDL STOR;', 'MLST type*;size*;'),
          MKD: (session) => session.reply((made += 1) === 1 ? '257 "/a" made' : '550 File exists'),
          CWD: (session) => session.reply('250 Here'),
          async MLSD(session) {
            session.reply('150 Here');
            const data = await session.openData();
            await data.finish(lines);
            session.reply('226 Sent');
          },
          async BNDL(session) {
            session.reply('150 Send');
            const data = await session.openData();
            await data.receivedBytes(1);
            await data.finish('', 'reset').catch(() => undefined);
            session.reply('426 Cut');
          },
        },
      },
      async (client, { server }) => {
        const storage = asStorage(client);
        const [first, second] = await Promise.allSettled(
          ['/a', '/b'].map((path) => storage.makeDirectory(client.resolve(path))),
        );
        assert.equal(first?.status, 'fulfilled');
        if (there === 'empty') assert.equal(second?.status, 'fulfilled');
        else assert.equal(second?.status === 'rejected' && second.reason.code, 'exists');
        assert.equal(server.heard.filter(({ line }) => line.startsWith('BNDL')).length, 1);
      },
    );
  });
}

test('A server whose bundles hold files alone gets its directories the ordinary way', async () => {
  await against(
    {
      on: {
        FEAT: announcing('BNDL STOR;', 'MLST type*;size*;'),
        MKD: (session) => session.reply('257 "/x" made'),
        async BNDL(session) {
          session.reply('150 Send');
          const data = await session.openData();
          await data.receivedBytes(1);
          const frames = [encodeFrame('result', '501 A file needs its Size'), encodeFrame('done', '1')];
          await data.finish(Buffer.concat(frames)).catch(() => undefined);
          session.reply('226 Stored');
        },
      },
    },
    async (client, { server }) => {
      const storage = asStorage(client);
      await Promise.all(['/a', '/b'].map((path) => storage.makeDirectory(client.resolve(path))));
      const made = server.heard.map(({ line }) => line).filter((line) => line.startsWith('MKD'));
      assert.deepEqual(made.toSorted(), ['MKD /a', 'MKD /b']);
    },
  );
});

const sha256 = (content: string) => `SHA-256=${createHash('sha256').update(content).digest('hex')}`;

/** What a hostile server sends for the one file `/wanted` that is asked for, whose content is `right`. */
const HOSTILE: readonly (readonly [string, Buffer])[] = [
  ['another path', Buffer.concat([encodeFrame('head', 'Size=4; /../evil'), encodeFrame('end', sha256(''))])],
  ['bytes without a head', encodeFrame('data', Buffer.from('evil'))],
  ['a frame of no type', Buffer.from('X\0\0\0\x01x')],
  ['the greatest length', Buffer.from('D\xff\xff\xff\xff', 'latin1')],
  [
    'another digest',
    Buffer.concat([
      encodeFrame('head', 'Size=4; /wanted'),
      encodeFrame('data', Buffer.from('evil')),
      encodeFrame('end', sha256('good')),
      encodeFrame('done', '1'),
    ]),
  ],
  [
    'fewer bytes',
    Buffer.concat([
      encodeFrame('head', 'Size=9; /wanted'),
      encodeFrame('data', Buffer.from('evil')),
      encodeFrame('end', sha256('evil')),
      encodeFrame('done', '1'),
    ]),
  ],
  [
    'more than was wanted',
    Buffer.concat([
      encodeFrame('head', 'Size=9; /wanted'),
      ...[1, 2].map(() => encodeFrame('data', Buffer.alloc(60_000))),
    ]),
  ],
  ['an end before the file', encodeFrame('done', '0')],
  ['nothing', Buffer.alloc(0)],
];

for (const [what, frames] of HOSTILE) {
  test(`A bundle with ${what} gives no file: it comes the ordinary way`, async () => {
    await against(
      {
        files: { '/wanted': 'right' },
        on: {
          FEAT: announcing('BNDL RETR;', 'SIZE'),
          async BNDL(session) {
            session.reply('150 Ask');
            const data = await session.openData();
            await data.finish(frames).catch(() => undefined);
            session.reply('226 Sent');
          },
        },
      },
      async (client, { scratch }) => {
        await client.download('/wanted', scratch.at('file'), { bundled: true });
        assert.equal(await readFile(scratch.at('file'), 'utf8'), 'right');
        assert.deepEqual(await scratch.names(), ['file']);
      },
    );
  });
}

test('Of a tree only what lies below, is whole and is named as entries are is taken', async () => {
  const directory = (path: string, lines: string, end = sha256(lines)) =>
    Buffer.concat([
      encodeFrame('head', ` ${path}`),
      ...(lines === '' ? [] : [encodeFrame('data', Buffer.from(lines))]),
      encodeFrame('end', end),
    ]);
  const frames = Buffer.concat([
    directory('/top', 'type=file;size=1; good\r\ntype=dir; sub\r\n'),
    directory('/elsewhere', 'type=file;size=1; evil\r\n'),
    directory('/top/cut', 'type=file;size=1; x\r\n', sha256('other')),
    directory('/top/refused', '', '550 No'),
    directory('/top/names', 'type=file;size=1; ../evil\r\n'),
    directory('/top/devices', 'type=OS.unix=chr; null\r\n'),
    directory('/top/noise', 'this is no listing\r\n'),
    directory('/top/sub', ''),
    directory('/top', 'type=file;size=1; second\r\n'),
    encodeFrame('head', ' /top/last'),
    encodeFrame('data', Buffer.from('type=file;size=1; x\r\n')),
  ]);
  await against(
    {
      on: {
        FEAT: announcing('BNDL MLSD;', 'MLST type*;size*;'),
        async BNDL(session) {
          session.reply('150 Here');
          const data = await session.openData();
          await data.finish(frames, 'cut').catch(() => undefined);
          session.reply('426 Cut');
        },
      },
    },
    async (client) => {
      const tree = await asStorage(client).listTree?.(client.resolve('/top'));
      assert.deepEqual(
        [...(tree ?? [])].map(([path, entries]) => [path, entries.map(({ name }) => name)]),
        [
          ['/top', ['good', 'sub']],
          ['/top/sub', []],
        ],
      );
    },
  );
});

test('A call under way fails when the client is closed, as any other', async () => {
  await using server = await ownServer();
  const client = await connect(alice(server));
  const uploads = NAMES.map((name) =>
    failure('closed', client.upload(Buffer.alloc(60_000), `/${name}`, { bundled: true })),
  );
  await client.close();
  await Promise.all(uploads);
});
