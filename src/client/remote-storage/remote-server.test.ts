import assert from 'node:assert/strict';
import { buffer, text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { type HostileServerOptions, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { refusingLinks } from '../../files/index.ts';
import { unusedPort } from '../../testing/unused-port.ts';
import { alice, announcing, at } from '../client-fixture.test.ts';
import { ListingCache } from './listing-cache.ts';
import { RemoteServer, type RemoteServerOptions } from './remote-server.ts';

async function hostile(context: TestContext, options: HostileServerOptions, more: Partial<RemoteServerOptions> = {}) {
  const server = await startHostileServer(options);
  const remote = new RemoteServer({ ...alice(server), ...more });
  context.after(async () => {
    await remote[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });
  return { server, remote, files: remote.storage() };
}

/** A clock that the test holds. */
function heldClock() {
  let passed = 0;
  return {
    now: () => passed,
    advance: (ms: number) => {
      passed += ms;
    },
  };
}

async function names(remote: RemoteServer, path: string): Promise<readonly string[]> {
  return (await Array.fromAsync(remote.storage().list(at(path)))).flat().map(({ name }) => name);
}

test('the directory of the options is the root, and no path leads above it', async (context) => {
  const files = { '/in/file': 'inside', '/secret': 'outside' };
  const { remote, server } = await hostile(context, { files }, { directory: '/in' });
  assert.deepEqual(await names(remote, '/'), ['file']);
  assert.equal(await text(await remote.storage().read(at('/../../file'))), 'inside');
  await assert.rejects(remote.storage().read(at('/../secret')), { code: 'not-found' });
  await assert.rejects(remote.storage().removeDirectory(at('/')), { code: 'denied' });
  assert.ok(!server.heard.some(({ line }) => line.endsWith(' /secret')));
});

test('a server that is away is told of at once, is asked again after a pause, by one call, and comes back', async (context) => {
  const clock = heldClock();
  const told: string[] = [];
  let isAway = true;
  const GREETING = (session: { reply: (line: string) => void }) => session.reply(isAway ? '421 Away' : '220 Ready');
  const { remote, server } = await hostile(
    context,
    { on: { GREETING }, files: { '/file': 'content' } },
    { now: clock.now, onAway: () => told.push('away'), onBack: () => told.push('back'), retry: { attempts: 1 } },
  );
  const stat = () => remote.storage().stat(at('/file'));
  const away = { name: 'StorageError', code: 'busy', message: /can not be reached/ };
  await assert.rejects(stat(), away);
  assert.ok(remote.isAway);
  const asked = server.heard.length;
  for (let call = 0; call < 10; call += 1) await assert.rejects(stat(), away);
  assert.equal(server.heard.length, asked);
  isAway = false;
  clock.advance(1000);
  const tried = stat();
  await assert.rejects(stat(), away);
  assert.equal((await tried).size, 7);
  assert.equal((await stat()).size, 7);
  assert.deepEqual(told, ['away', 'back']);
});

test('the pause grows, and one that needs a person is long from the beginning', async (context) => {
  const clock = heldClock();
  const { remote } = await hostile(context, { on: { PASS: (session) => session.reply('530 No') } }, { now: clock.now });
  await assert.rejects(remote.check(), { code: 'busy' });
  clock.advance(59_000);
  await assert.rejects(remote.check(), (error: Error) => error.cause === undefined);
  clock.advance(1000);
  await assert.rejects(remote.check(), (error: Error) => error.cause !== undefined);
});

test('nobody listens there: calls fail as busy, and the storage can do what every one can', async () => {
  await using remote = new RemoteServer({
    host: '127.0.0.1',
    port: await unusedPort(),
    user: 'alice',
    password: 'wonderland',
    retry: { attempts: 1 },
  });
  const storage = remote.storage();
  await assert.rejects(storage.stat(at('/')), { code: 'busy' });
  await assert.rejects(Array.fromAsync(storage.list(at('/'))), { code: 'busy' });
  await assert.rejects(storage.write(at('/file')), { code: 'busy' });
  for (const method of ['digest', 'space', 'settable', 'partial'] as const) assert.equal(method in storage, false);
});

test('a server that says nothing more holds a call no longer than its bound of time', async (context) => {
  const { remote } = await hostile(context, { on: { MLST: () => undefined } }, { callMs: 50 });
  await assert.rejects(remote.storage().stat(at('/file')), { code: 'busy', message: /did not answer in time/ });
});

/** More than fits into the buffers on its way: who does not read it keeps the connection. */
const LARGE = Buffer.alloc(32_000_000);

test('transfers leave one connection to all other calls, and wait for each other', async (context) => {
  const { remote } = await hostile(context, { files: { '/a': 'a', '/b': LARGE } }, { connections: 2, callMs: 10_000 });
  const storage = remote.storage();
  const first = await storage.write(at('/first'));
  let isSecondOpen = false;
  const second = storage.read(at('/b')).finally(() => {
    isSecondOpen = true;
  });
  assert.equal((await storage.stat(at('/a'))).size, 1);
  assert.equal(isSecondOpen, false);
  const controller = new AbortController();
  const third = storage.read(at('/a'), { signal: controller.signal });
  controller.abort();
  await assert.rejects(third, { code: 'aborted' });
  first.sink.write('content');
  assert.equal((await first.commit()).size, 7);
  assert.equal((await buffer(await second)).length, LARGE.length);
});

test('what the server says of a failure, and its paths, are for the log alone', async (context) => {
  const { remote } = await hostile(
    context,
    { on: { DELE: (session) => session.reply('550 /srv/secret: hunter2') }, files: { '/in/file': 'x' } },
    { directory: '/in' },
  );
  for (const work of [() => remote.storage().remove(at('/file')), () => remote.storage().read(at('/missing'))]) {
    await assert.rejects(work, (error: Error) => {
      assert.doesNotMatch(error.message, /hunter2|secret|\/in/);
      assert.ok(error.cause);
      return true;
    });
  }
});

for (const [what, lines] of [
  ['that leads upwards', 'type=file;size=1;modify=20240229120000; ../../etc/passwd\r\n'],
  ['with a slash', 'type=file;size=1;modify=20240229120000; in/side\r\n'],
  ['with a NUL', 'type=file;size=1;modify=20240229120000; a\0b\r\n'],
] as const) {
  test(`a name ${what} in a listing becomes no entry, and the listing is no whole one`, async (context) => {
    const whole = 'type=file;size=1;modify=20240229120000; good\r\n';
    const { remote } = await hostile(context, {
      on: {
        MLSD: async (session) => {
          session.reply('150 Listing');
          await (await session.openData()).finish(whole + lines);
          session.reply('226 Listed');
        },
      },
    });
    const seen: string[] = [];
    const list = async () => {
      for await (const entries of remote.storage().list(at('/'))) seen.push(...entries.map(({ name }) => name));
    };
    await assert.rejects(list(), { name: 'StorageError', code: 'io' });
    assert.deepEqual(seen, ['good']);
  });
}

test('a listing without an end is cut off', async (context) => {
  const line = 'type=file;size=1;modify=20240229120000; name\r\n';
  const { remote } = await hostile(
    context,
    {
      on: {
        MLSD: async (session) => {
          session.reply('150 Listing');
          await (await session.openData()).writeEndlessly(line.repeat(500));
        },
      },
    },
    { limits: { maxListingEntries: 10_000, abortMs: 1000 } },
  );
  await assert.rejects(names(remote, '/'), { code: 'io' });
});

test('a file that is shorter than its size was said to be is no whole one', async (context) => {
  const { remote } = await hostile(context, {
    files: { '/file': 'content' },
    on: { SIZE: (session) => session.reply('213 1000') },
  });
  await assert.rejects(async () => text(await remote.storage().read(at('/file'))), { name: 'StorageError' });
});

test('an upload that the server has less of than was sent is not confirmed, and the old file stays', async (context) => {
  const { remote, server } = await hostile(context, {
    files: { '/file': 'old' },
    on: {
      FEAT: announcing('MLST type*;size*;modify*;'),
      MLST: (session, path) => {
        if (!path.includes('.lockport')) return session.byDefault('MLST', path);
        return session.reply(`250-Facts\r\n type=file;size=3; ${path}\r\n250 End`);
      },
    },
  });
  const upload = await remote.storage().write(at('/file'));
  upload.sink.write('new content');
  await assert.rejects(upload.commit(), { name: 'StorageError' });
  assert.equal(server.files.get('/file')?.toString(), 'old');
});

test('a link is refused by the listing of its directory, which is asked for once in a while', async (context) => {
  const clock = heldClock();
  const lines = 'type=OS.unix=slink:/etc;modify=20240229120000; out\r\ntype=dir;modify=20240229120000; in\r\n';
  const { remote, server } = await hostile(context, {
    files: { '/in/file': 'content', '/out/passwd': 'secret' },
    on: {
      MLSD: async (session, path) => {
        if (session.directory !== '/' && path !== '/') return session.byDefault('MLSD', path);
        session.reply('150 Listing');
        await (await session.openData()).finish(lines);
        session.reply('226 Listed');
      },
    },
  });
  const cache = new ListingCache({ keepMs: 3000, looksByListing: true, now: clock.now });
  const files = refusingLinks(cache.over(remote.storage()));
  await assert.rejects(files.read(at('/out/passwd')), { code: 'denied' });
  await assert.rejects(files.stat(at('/out/passwd')), { code: 'denied' });
  assert.equal(await text(await files.read(at('/in/file'))), 'content');
  const listings = () => server.heard.filter(({ verb }) => verb === 'MLSD').length;
  const before = listings();
  await files.stat(at('/in/file'));
  assert.equal(listings(), before);
  clock.advance(3000);
  await files.stat(at('/in/file'));
  assert.equal(listings(), before + 2);
});
