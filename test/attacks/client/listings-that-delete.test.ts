import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asStorage, sync } from '../../../src/client/index.ts';
import { joinPath, ROOT, type Storage } from '../../../src/core/index.ts';
import { memoryStorage } from '../../../src/storage/index.ts';
import { type HostileServerOptions, startHostileServer } from '../../hostile/hostile-server.ts';
import { collect, connectTo } from './attacked-client.ts';

// What a listing does not show, a sync that deletes removes: so it must have been understood, and to its end.

const ATTACKS: readonly (readonly [title: string, HostileServerOptions])[] = [
  ['is no MLSD at all', { data: { listing: 'mine\r\nother\r\n' } }],
  ['is in no known dialect', { data: { listing: 'mine!\r\nother!\r\n' }, on: { FEAT: (it) => it.reply('211 None') } }],
  ['has a line that is too long', { data: { listing: `type=file;x=${'x'.repeat(20_000)}; mine\r\n` } }],
  ['has a path in place of a name', { data: { listing: 'type=file; /mine\r\n' } }],
  ['is cut', { data: { listing: 'type=file;size=1; other\r\n', ending: 'cut' } }],
  [
    'ends with "Output truncated"',
    {
      on: {
        MLSD: async (session) => {
          session.reply('150 Listing');
          await (await session.openData()).finish('type=file;size=1; other\r\n');
          session.reply('226 Output truncated to 1 matches');
        },
      },
    },
  ],
  ['is none, with a 226 alone', { on: { MLSD: (session) => session.reply('226 Done') } }],
  ['tells no kinds', { data: { listing: 'size=1; mine\r\n' } }],
  ['is refused', { on: { MLSD: (session) => session.reply('550 No') } }],
];

for (const [title, hostility] of ATTACKS) {
  test(`A listing that ${title} deletes nothing`, async () => {
    await using server = await startHostileServer(hostility);
    await using client = await connectTo(server);
    const mine = await holding('mine');
    const steps = await collect(sync(asStorage(client), mine, { delete: true })).catch((error: Error) => [error]);
    assert.equal((await mine.stat(joinPath(ROOT, 'mine'))).kind, 'file');
    assert.ok(steps.some((step) => step instanceof Error || ('reason' in step && step.reason === 'listing')));
  });
}

test('What was understood of a listing is copied', async () => {
  const listing = 'type=file;size=4; text\r\nwhat is this?\r\n';
  await using server = await startHostileServer({ files: { '/text': 'text' }, data: { listing } });
  await using client = await connectTo(server);
  const mine = memoryStorage();
  const steps = await collect(sync(asStorage(client), mine, { delete: true }));
  assert.equal((await mine.stat(joinPath(ROOT, 'text'))).size, 4);
  assert.deepEqual(
    steps.flatMap((step) => ('outcome' in step ? [`${step.action} ${step.outcome}`] : [])),
    ['skip failed', 'copy done'],
  );
});

test('A directory that can not be listed in the middle of a tree deletes nothing in it, and the others go on', async () => {
  await using server = await startHostileServer({
    files: { '/closed/mine': 'x', '/open/new': 'x' },
    on: {
      MLSD: (session) => (session.directory === '/closed' ? session.reply('550 No') : session.byDefault('MLSD')),
    },
  });
  await using client = await connectTo(server);
  const mine = memoryStorage();
  const closed = joinPath(ROOT, 'closed');
  await mine.makeDirectory(closed);
  await put(mine, joinPath(closed, 'old'));
  const steps = await collect(sync(asStorage(client), mine, { delete: true }));
  assert.equal((await mine.stat(joinPath(closed, 'old'))).kind, 'file');
  assert.equal((await mine.stat(joinPath(joinPath(ROOT, 'open'), 'new'))).kind, 'file');
  assert.ok(steps.some((step) => step.action === 'skip' && step.reason === 'listing' && step.outcome === 'failed'));
});

async function holding(name: string): Promise<Storage> {
  const storage = memoryStorage();
  await put(storage, joinPath(ROOT, name));
  return storage;
}

async function put(storage: Storage, path: Parameters<Storage['write']>[0]): Promise<void> {
  const upload = await storage.write(path);
  upload.sink.write(Buffer.from('x'));
  await upload.commit();
}
