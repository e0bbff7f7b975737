import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostileServer, type HostileServerOptions, type Step } from '../../../test/hostile/hostile-server.ts';
import { memoryStorage } from '../../storage/index.ts';
import { type Client, connect } from '../client.ts';
import { alice, at, failure } from '../client-fixture.test.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { plant, run, treeOf } from '../sync/tree-fixture.test.ts';

const TREE = { '/tree/a': '1', '/tree/sub/b': '2' };

/** A server that never sends close_notify, and a client that takes it so. */
async function againstLenient(
  options: HostileServerOptions,
  work: (client: Client, server: HostileServer) => Promise<void>,
): Promise<void> {
  await using server = await HostileServer.start({ files: TREE, data: { ending: 'cut' }, ...options });
  await using client = await connect(alice(server, { endOfStream: 'lenient', connections: 3 }));
  await work(client, server);
}

function changes(server: HostileServer): string[] {
  return server.heard.filter(({ verb }) => verb === 'DELE' || verb === 'RMD').map(({ line }) => line);
}

test('nothing is deleted by a listing that ended without close_notify, which the failure names', async () => {
  await againstLenient({}, async (client, server) => {
    const to = memoryStorage();
    await plant(to, { a: '1', old: 'x', 'sub/older': 'x' });
    const { told, steps } = await run(asStorage(client), to, { from: at('/tree'), delete: true, compare: 'size' });
    assert.deepEqual(told, ['copy /sub/b (missing)', 'skip / (listing) failed', 'skip /sub (listing) failed']);
    const [message] = steps.flatMap((step) => (step.outcome === 'failed' ? [step.message] : []));
    assert.match(message ?? '', /ended without close_notify.*--end-of-stream lenient/);
    assert.deepEqual(await treeOf(to), { a: '1', old: 'x', 'sub/': '', 'sub/b': '2', 'sub/older': 'x' });
    await failure('incomplete-listing', client.removeDirectory('/tree', { recursive: true }));
    assert.deepEqual(changes(server), []);
  });
});

test('where nothing is to be deleted such a listing will do', async () => {
  await againstLenient({}, async (client) => {
    const to = memoryStorage();
    const { summary } = await run(asStorage(client), to, { from: at('/tree') });
    assert.deepEqual([summary.done > 0, summary.failed], [true, 0]);
    assert.deepEqual(await treeOf(to), { a: '1', 'sub/': '', 'sub/b': '2' });
    assert.equal((await Array.fromAsync(client.walk('/tree'))).length, 3);
    await failure('incomplete-listing', Array.fromAsync(client.walk('/tree', { needsEnd: true })));
  });
});

test('a name that the end of the stream cut is no entry', async () => {
  await againstLenient(
    { data: { ending: 'cut', listing: 'type=file;size=1; a\r\ntype=file;size=1; rep' } },
    async (client) => {
      const names: string[] = [];
      const error = await failure(
        'incomplete-listing',
        (async () => {
          for await (const { name } of client.list('/')) names.push(name);
        })(),
      );
      assert.match(error.message, /"rep"/);
      assert.deepEqual(names, ['a']);
    },
  );
});

test('what such a listing lacks may be there all the same', async () => {
  const FEAT: Step = (session) => session.reply('502 No');
  const CWD: Step = (session, path) => (path === '/tree/a' ? session.reply('550 No') : session.byDefault('CWD', path));
  await againstLenient({ on: { FEAT, CWD }, data: { ending: 'cut', listing: '' } }, async (client) => {
    assert.equal(await client.exists('/tree/a'), 'file');
  });
});
