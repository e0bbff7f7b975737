import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { HostileServer, type Step } from '../../../test/hostile/hostile-server.ts';
import { ROOT, type Storage } from '../../core/index.ts';
import { memoryStorage } from '../../storage/index.ts';
import { startTestServer, storageContract } from '../../testing/index.ts';
import { connect } from '../client.ts';
import { alice, announcing, at } from '../client-fixture.test.ts';
import type { SyncProgress } from '../sync/index.ts';
import { altered, plant, run } from '../sync/tree-fixture.test.ts';
import { asStorage } from './remote-storage.ts';

const EXCEPTIONS = {
  'of many exclusive uploads to one name exactly one succeeds':
    'FTP has no command that makes a file only where there is none: between the look and the end another may come',
};

const AT_THE_COMMIT = 'a small file is sent when it is committed, and its refusal comes then';

for (const [name, hinted, exceptions] of [
  ['a client, of our own server', (storage: Storage) => storage, EXCEPTIONS],
  [
    'a client that moves small files together',
    expectingSmallFiles,
    {
      ...EXCEPTIONS,
      'an upload needs a directory to go to': AT_THE_COMMIT,
      'an upload never replaces a directory': AT_THE_COMMIT,
      'a directory that an upload goes to stays until the upload has ended': AT_THE_COMMIT,
    },
  ],
] as const) {
  storageContract(
    name,
    async () => {
      const server = await startTestServer({ sessionReuse: 'require' });
      const client = await connect(alice(server, { connections: 10 }));
      return {
        storage: hinted(asStorage(client)),
        async [Symbol.asyncDispose]() {
          await client.close();
          await server[Symbol.asyncDispose]();
        },
      };
    },
    { exceptions },
  );
}

/** The same, told of each file that it is small, whether that is true or not. */
function expectingSmallFiles(storage: Storage): Storage {
  return {
    ...storage,
    read: (path, options) => storage.read(path, { ...options, expectedSize: 1 }),
    write: (path, options) => storage.write(path, { expectedSize: 1, ...options }),
  };
}

/** A server that shows an upload while it goes on, and that FEAT tells nothing of. */
async function againstOld(
  on: { readonly [verb: string]: Step },
  work: (storage: Storage, server: HostileServer) => Promise<void>,
): Promise<void> {
  const files = { '/file': 'old' };
  await using server = await HostileServer.start({
    files,
    on: { FEAT: announcing('MLST type*;size*;modify*;'), ...on },
  });
  await using client = await connect(alice(server, { connections: 3 }));
  await work(asStorage(client), server);
}

test('a server that announces nothing gives a storage without optional methods', async () => {
  await againstOld({}, async (storage) => {
    const optional = [
      'partial',
      'setAttributes',
      'digest',
      'space',
      'makeLink',
      'openRead',
      'openWrite',
      'copy',
    ] as const;
    for (const method of optional) assert.equal(storage[method], undefined, method);
    await assert.rejects(storage.read(at('/missing')), { name: 'StorageError', code: 'not-found' });
  });
});

test('an upload to a server that shows it while it goes on takes its name when it is whole', async () => {
  await againstOld({}, async (storage, server) => {
    const upload = await storage.write(at('/file'));
    upload.sink.write('new content');
    assert.equal(server.files.get('/file')?.toString(), 'old');
    assert.equal((await upload.commit()).size, 11);
    assert.deepEqual([...server.files].map(String), ['/file,new content']);
  });
});

for (const ending of ['discard', 'suspend'] as const) {
  test(`an upload that ends in ${ending} leaves the old file, and nothing else`, async () => {
    await againstOld({}, async (storage, server) => {
      const upload = await storage.write(at('/file'));
      upload.sink.write('half');
      assert.equal(await upload[ending](), undefined);
      assert.deepEqual([...server.files].map(String), ['/file,old']);
    });
  });
}

test('an upload that is refused behind its data connection has not begun', async () => {
  const STOR: Step = async (session) => {
    await session.openData();
    await setTimeout(100);
    session.reply('553 Not here');
  };
  await againstOld({ STOR }, async (storage) => {
    await assert.rejects(storage.write(at('/other')), { name: 'StorageError', code: 'denied' });
  });
});

test('an upload to a server that does not say that it begins is begun in a moment', async () => {
  const STOR: Step = async (session, path) => {
    const data = await session.openData();
    session.state.files.set(path, await data.receive());
    await data.finish('', 'clean');
    session.reply('226 Stored');
  };
  await using server = await HostileServer.start({ on: { FEAT: announcing('MLST type*;size*;modify*;'), STOR } });
  await using client = await connect(alice(server, { connections: 3, limits: { abortMs: 100 } }));
  const upload = await asStorage(client).write(at('/other'));
  upload.sink.write('new');
  await upload.commit();
  assert.equal(server.files.get('/other')?.toString(), 'new');
});

test('what has not its own name yet is not listed', async () => {
  await againstOld({}, async (storage) => {
    const upload = await storage.write(at('/other'));
    const entries = (await Array.fromAsync(storage.list(ROOT))).flat();
    await upload.discard();
    assert.deepEqual(
      entries.map(({ name }) => name),
      ['file'],
    );
  });
});

test('a sync tells of what has not its own name yet on a server, and removes no directory that holds such', async () => {
  const half = 'report.lockport-0123456789ab.tmp';
  await using server = await HostileServer.start({ files: { [`/${half}`]: 'ha', [`/old/${half}`]: 'ha' } });
  await using client = await connect(alice(server, { connections: 3 }));
  const storage = asStorage(client);
  const other = memoryStorage();
  const left = [`skip /old/${half} (temporary) skipped`, `skip /${half} (temporary) skipped`];
  assert.deepEqual((await run(storage, other, { include: ['*.csv'] })).told, []);
  assert.deepEqual((await run(storage, other)).told, ['make-directory /old (missing)', ...left]);
  assert.deepEqual((await run(memoryStorage(), storage, { delete: true })).told, left);
  assert.ok(!server.heard.some(({ verb }) => verb === 'RMD' || verb === 'DELE'));
});

test('where a name that is taken can not be renamed to, the old file goes first', async () => {
  let refusals = 1;
  const RNTO: Step = (session, path) => {
    refusals -= 1;
    return refusals === 0 ? session.reply('550 File exists') : session.byDefault('RNTO', path);
  };
  await againstOld({ RNTO }, async (storage, server) => {
    const upload = await storage.write(at('/file'));
    upload.sink.write('new');
    await upload.commit();
    assert.deepEqual([...server.files].map(String), ['/file,new']);
  });
});

test('an upload that did not arrive whole is not published, whatever the server says', async () => {
  const STOR: Step = async (session, path) => {
    session.state.files.set(path, Buffer.from('half'));
    session.reply('150 Come');
    const data = await session.openData();
    await data.receive();
    await data.finish('', 'clean');
    session.reply('226 Stored');
  };
  await againstOld({ STOR }, async (storage, server) => {
    const upload = await storage.write(at('/file'));
    upload.sink.write('the whole');
    await assert.rejects(upload.commit(), { name: 'StorageError', code: 'io' });
    assert.deepEqual([...server.files].map(String), ['/file,old']);
  });
});

for (const [reply, code] of [
  ['452 Disk full', 'no-space'],
  ['552 Quota exceeded', 'over-quota'],
  ['550 No', 'denied'],
] as const) {
  test(`${reply} means ${code}`, async () => {
    await againstOld({ STOR: (session) => session.reply(reply) }, async (storage) => {
      await assert.rejects(storage.write(at('/new')), { name: 'StorageError', code });
    });
  });
}

for (const [reply, askedOf] of [
  ['550 Operation not permitted', 2],
  ['553 No', 2],
  ['530 Not for you', 2],
  ['501 No times', 2],
  ['502 Not here', 1],
] as const) {
  test(`where MFMT is announced and answered by ${reply}, a later sync warns once and copies nothing`, async () => {
    const from = memoryStorage();
    await plant(from, { a: '1', b: '2' });
    const FEAT = announcing('MLST type*;size*;modify*;', 'MFMT');
    await againstOld({ FEAT, MFMT: (session) => session.reply(reply) }, async (storage, server) => {
      const heard = (verb: string): number => server.heard.filter((line) => line.verb === verb).length;
      await run(from, storage, { parallel: 1 });
      assert.deepEqual([heard('STOR'), heard('MFMT')], [2, askedOf]);
      const { steps, summary } = await run(from, storage, { parallel: 1 });
      assert.deepEqual([heard('STOR'), heard('MFMT'), summary.failed], [2, 2 * askedOf, 0]);
      assert.equal(steps.filter((step) => 'warning' in step).length, 1);
    });
  });
}

test('as many uploads as there are connections come to their end', async () => {
  await using server = await startTestServer();
  await using client = await connect(alice(server, { connections: 2 }));
  const storage = asStorage(client);
  const uploads = await Promise.all(['a', 'b'].map((name) => storage.write(at(`/${name}`), { exclusive: true })));
  for (const { sink } of uploads) sink.write('whole');
  const entries = await Promise.all(uploads.map((upload) => upload.commit()));
  assert.deepEqual(
    entries.map(({ size }) => size),
    [5, 5],
  );
});

test('an upload that the server has confirmed is stored, although a drop box has taken it away by now', async () => {
  const STOR: Step = async (session) => {
    session.reply('150 Go on');
    const data = await session.openData();
    await data.receive();
    await data.finish('', 'clean');
    session.reply('226 Stored');
  };
  await using server = await HostileServer.start({
    on: {
      GREETING: (session) => session.reply('220 Lockport'),
      FEAT: announcing('MLST type*;size*;modify*;', 'CSID'),
      CSID: (session) => session.reply('200 Name=Lockport; Version=1;'),
      STOR,
    },
  });
  await using client = await connect(alice(server, { connections: 2 }));
  const upload = await asStorage(client).write(at('/f'));
  upload.sink.end('text');
  assert.partialDeepStrictEqual(await upload.commit(), { name: 'f', kind: 'file', size: 4 });
});

const REFUSE: Step = (session) => session.reply('550 Not here');

test('an upload that can neither be finished nor removed tells under which name its bytes lie', async () => {
  await againstOld({ RNFR: REFUSE, DELE: REFUSE }, async (storage, server) => {
    const upload = await storage.write(at('/new'));
    upload.sink.write('whole');
    const failed = upload.commit();
    await assert.rejects(failed, { name: 'StorageError', code: 'denied' });
    const [left = ''] = [...server.files.keys()].filter((path) => path !== '/file');
    assert.match(left, /^\/new\.lockport-.{12}\.tmp$/);
    await assert.rejects(failed, { message: new RegExp(`; the file is left on the server as ${left}$`) });
  });
  await againstOld({ DELE: REFUSE }, async (storage) => {
    for (const end of ['suspend', 'discard'] as const) {
      const upload = await storage.write(at('/new'));
      upload.sink.write('half');
      await assert.rejects(upload[end](), { code: 'io', message: /left on the server as \/new\.lockport-.{12}\.tmp$/ });
    }
  });
});

test('a file that was replaced and can not be removed is a warning of the commit', async () => {
  const RNTO: Step = (session, path) =>
    session.state.files.has(path) ? session.reply('553 File exists') : session.byDefault('RNTO', path);
  await againstOld({ RNTO, DELE: REFUSE }, async (storage, server) => {
    const upload = await storage.write(at('/file'));
    upload.sink.write('new');
    assert.match((await upload.commit()).warning ?? '', /it is now \/file\.lockport-.{12}\.tmp$/);
    const from = memoryStorage();
    await plant(from, { file: 'newest' });
    const { steps, summary } = await run(from, storage);
    assert.deepEqual([summary.done, summary.failed], [1, 0]);
    assert.match(steps.flatMap((step) => (step.outcome === 'done' ? [step.warning] : []))[0] ?? '', /it is now \/file/);
    assert.equal(server.files.get('/file')?.toString(), 'newest');
  });
});

test('a sync that can not remove half a file says so together with why it failed', async () => {
  await againstOld({ DELE: REFUSE }, async (storage) => {
    const from = memoryStorage();
    await plant(from, { new: 'half' });
    const broken = altered(from, {
      async read() {
        return Readable.from(halfAndNoMore());
      },
    });
    const { steps } = await run(broken, storage);
    const [message = ''] = steps.flatMap((step) => (step.outcome === 'failed' ? [step.message] : []));
    assert.match(message, /^the disk broke; .* left on the server as \/new\.lockport-.{12}\.tmp$/);
  });
});

test('a sync that is aborted names all that it left behind', async () => {
  await againstOld({ DELE: REFUSE }, async (storage, server) => {
    const from = memoryStorage();
    await plant(from, { one: 'half', two: 'half' });
    const stop = new AbortController();
    const begun = new Set<string>();
    const stuck = altered(from, {
      async read(path, options) {
        const reader = new Readable({ read() {}, signal: options?.signal });
        reader.push('ha');
        return reader.once('close', () => begun.delete(path));
      },
    });
    const onProgress = ({ path, bytes }: SyncProgress): void => {
      if (bytes > 0 && begun.add(path).size === 2) stop.abort();
    };
    const ended = run(stuck, storage, { signal: stop.signal, onProgress, parallel: 2 });
    await assert.rejects(ended, { name: 'ClientError', code: 'aborted' });
    const left = [...server.files.keys()].filter((path) => path !== '/file');
    assert.equal(left.length, 2);
    for (const path of left) await assert.rejects(ended, { message: new RegExp(`^The run was aborted; .*${path}`) });
  });
});

async function* halfAndNoMore(): AsyncGenerator<Buffer> {
  yield Buffer.from('ha');
  throw new Error('the disk broke');
}
