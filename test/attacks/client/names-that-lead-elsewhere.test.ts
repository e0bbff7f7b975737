import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { asStorage, sync } from '../../../src/client/index.ts';
import { localStorage } from '../../../src/storage/index.ts';
import { type Step, startHostileServer } from '../../hostile/hostile-server.ts';
import { collect, connectTo } from './attacked-client.ts';

// CVE-2026-27699, CVE-2014-4877, CVE-2018-10916: names in a listing are the server's, and it may be after our files.

const NAMES = [
  '..',
  '.',
  '../evil',
  '../../evil',
  '/evil',
  '//evil',
  '/tmp/evil',
  'a/../../evil',
  'sub/evil',
  './evil',
  '..\\evil',
  'C:\\evil',
  '\\\\host\\share\\evil',
  'nul\0evil',
  'return\revil',
  'escape\x1b[2Jevil',
  '',
  ' ',
];

const LISTINGS: readonly (readonly [title: string, line: (name: string) => string])[] = [
  ['MLSD', (name) => `type=file;size=4;modify=20240229120000; ${name}`],
  ['LIST', (name) => `-rw-r--r-- 1 ftp ftp 4 Feb 29 2024 ${name}`],
];

for (const [kind, line] of LISTINGS) {
  const listing = ['good', ...NAMES].map((name) => `${line(name)}\r\n`).join('');
  const withoutMlsd =
    kind === 'LIST' ? { MLSD: (session: { reply(text: string): void }) => session.reply('502 No') } : {};
  const everyFile: Step = async (session) => {
    session.reply('150 Sending');
    const data = await session.openData();
    await data.finish('evil');
    session.reply('226 Sent');
  };
  const hostility = { data: { listing }, on: { ...withoutMlsd, RETR: everyFile } };

  test(`${kind} gives single names alone`, async () => {
    await using server = await startHostileServer(hostility);
    await using client = await connectTo(server);
    const told: string[] = [];
    const onIncomplete = ({ reason }: { readonly reason: string }): void => void told.push(reason);
    const entries = await collect(client.list('/', { onIncomplete }));
    assert.deepEqual(told, ['lines']);
    assert.ok(entries.some(({ name }) => name === 'good'));
    for (const { name } of entries) {
      assert.ok(name !== '' && name !== '.' && name !== '..' && !/[/\0\r\n]/.test(name), JSON.stringify(name));
    }
  });

  test(`${kind}: a synchronised directory gets nothing outside of it`, async () => {
    await using place = await temporaryPlace();
    await using server = await startHostileServer(hostility);
    await using client = await connectTo(server);
    await using storage = await localStorage({ root: place.inside });
    await collect(sync(asStorage(client), storage));
    assert.deepEqual(await readdir(place.outside), ['inside', 'kept']);
    assert.ok((await readdir(place.inside)).includes('good'));
  });
}

test('A link of the server, and a directory of the same name, lead nowhere', async () => {
  await using place = await temporaryPlace();
  const listing = [
    `type=OS.unix=slink:${place.outside};modify=20240229120000; way`,
    'type=dir;modify=20240229120000; way',
    'type=file;size=4;modify=20240229120000; file',
  ];
  await using server = await startHostileServer({
    data: { listing: listing.map((line) => `${line}\r\n`).join('') },
    on: {
      RETR: async (session) => {
        session.reply('150 Sending');
        const data = await session.openData();
        await data.finish('evil');
        session.reply('226 Sent');
      },
    },
  });
  await using client = await connectTo(server);
  await using storage = await localStorage({ root: place.inside });
  await collect(sync(asStorage(client), storage, { links: 'copy', maxDepth: 3 }));
  assert.deepEqual(await readdir(place.outside), ['inside', 'kept']);
});

test('A link that stands in the destination already is not written through', async () => {
  await using place = await temporaryPlace();
  await symlink(place.outside, join(place.inside, 'way'));
  await using server = await startHostileServer({ files: { '/way/evil': 'evil' } });
  await using client = await connectTo(server);
  await using storage = await localStorage({ root: place.inside });
  await collect(sync(asStorage(client), storage));
  assert.deepEqual(await readdir(place.outside), ['inside', 'kept']);
});

/** A directory to write into, within one that nothing may be written into. */
async function temporaryPlace(): Promise<AsyncDisposable & { readonly outside: string; readonly inside: string }> {
  const outside = await mkdtemp(join(tmpdir(), 'lockport-elsewhere-'));
  const inside = join(outside, 'inside');
  await mkdir(inside);
  await writeFile(join(outside, 'kept'), '');
  return { outside, inside, [Symbol.asyncDispose]: () => rm(outside, { recursive: true }) };
}
