import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { mock, test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import * as fc from 'fast-check';
import { type HostileServer, type Step, startHostileServer } from '../../../test/hostile/hostile-server.ts';
import { startTestServer, type TestServer, testCertificate } from '../../testing/index.ts';
import { unusedPort } from '../../testing/unused-port.ts';
import { isSingleName } from './directories.ts';
import { Client, type ClientOptions, FTPContext, FTPError } from './index.ts';
import { ProgressTracker } from './progress-tracker.ts';

test('calls that are made at once run one after another', async () => {
  await using server = await startTestServer({ sessionReuse: 'require' });
  await using local = await temporaryDirectory();
  using connected = await connect(server);
  const { client } = connected;
  const results = await Promise.all([
    client.uploadFrom(Readable.from(['one']), 'one'),
    client.ensureDir('a/b'),
    client.uploadFrom(Readable.from(['two']), 'two'),
    client.list(),
    client.pwd(),
    client.cd('/'),
    client.downloadTo(join(local.path, 'one'), 'one'),
    client.ftp.request('NOOP'),
  ]);
  assert.deepEqual(
    results[3].map(({ name }) => name),
    ['two'],
  );
  assert.equal(results[4], '/a/b');
  assert.equal(await readFile(join(server.root, 'a/b/two'), 'utf8'), 'two');
  assert.equal(await readFile(join(local.path, 'one'), 'utf8'), 'one');
});

test('a call made by a hook of another call belongs to that one', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const { client } = connected;
  const prepare = client.prepareTransfer;
  client.prepareTransfer = async (ftp) => {
    await client.send('NOOP');
    return prepare(ftp);
  };
  const [files, directory] = await Promise.all([client.list(), client.pwd()]);
  assert.deepEqual(files, []);
  assert.equal(directory, '/');
});

test('a call made by a handler of progress runs when the transfer is over', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const { client } = connected;
  let size: Promise<number> | undefined;
  client.trackProgress(() => {
    size ??= client.size('file');
  });
  await client.uploadFrom(Readable.from(['12345']), 'file');
  assert.equal(await size, 5);
});

for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
  test(`a download whose TLS stream ends by ${ending} fails, whatever the server says; the client stays`, async () => {
    await using server = await startHostileServer({ files: { '/file': 'all of it' }, data: { ending } });
    await using local = await temporaryDirectory();
    using connected = await connect(server);
    const { client } = connected;
    const path = join(local.path, 'file');
    await assert.rejects(client.downloadTo(path, 'file'), { message: /\(data socket\)$/ });
    await assert.rejects(client.list(), { message: /\(data socket\)$/ });
    assert.equal(client.closed, false);
    assert.equal(await client.pwd(), '/');
  });
}

test('a stream whose download fails does not end as if it were whole', async () => {
  await using server = await startHostileServer({ files: { '/file': 'all of it' }, data: { ending: 'cut' } });
  using connected = await connect(server);
  const stream = new PassThrough();
  const read = assert.rejects(stream.toArray());
  await assert.rejects(connected.client.downloadTo(stream, 'file'));
  await read;
  assert.equal(stream.writableFinished, false);
});

test('a data connection with another certificate is refused', async () => {
  const certificate = await testCertificate(['data.test', 'localhost', '127.0.0.1']);
  await using server = await startHostileServer({ files: { '/file': 'x' }, data: { certificate } });
  const trust = { ca: [server.certificate, certificate.certificate] };
  using connected = await connect(server, {}, trust);
  await assert.rejects(connected.client.downloadTo(new PassThrough(), 'file'), { message: /another certificate/ });
});

test('a server that resumes no session is the same one on every data connection', async () => {
  await using server = await startHostileServer({ files: { '/file': 'x' }, data: { resumes: false } });
  using connected = await connect(server);
  for (const _ of ['first', 'second', 'third']) {
    await connected.client.downloadTo(new PassThrough().resume(), 'file');
  }
});

test('data connections go on with the session of the control connection', async () => {
  await using server = await startTestServer({ sessionReuse: 'require' });
  using connected = await connect(server);
  for (let count = 0; count < 5; count += 1) {
    await connected.client.uploadFrom(Readable.from([String(count)]), 'file');
    assert.equal((await connected.client.list()).length, 1);
  }
});

test('what a server says in the clear behind its answer to AUTH ends the connection, before a password', async () => {
  await using server = await startHostileServer({
    on: {
      AUTH: async (session) => {
        session.send('234 Begin\r\n230 Injected\r\n');
        await session.startTls();
      },
    },
  });
  const client = new Client(2000);
  await assert.rejects(access(client, server), { message: /in the clear/ });
  assert.equal(client.closed, true);
  assert.ok(server.heard.every(({ verb }) => verb === 'AUTH'));
});

test('a server that refuses TLS hears no password', async () => {
  await using server = await startHostileServer({ on: { AUTH: (session) => session.reply('502 No') } });
  const client = new Client(2000);
  await assert.rejects(access(client, server), FTPError);
  client.close();
  assert.ok(server.heard.every(({ verb }) => verb === 'AUTH' || verb === 'QUIT'));
});

test('a handshake that does not come is bounded by the timeout', async () => {
  await using server = await startHostileServer({
    on: {
      AUTH: (session) => {
        session.reply('234 Begin');
        session.fallSilent();
      },
    },
  });
  const client = new Client(100);
  await assert.rejects(access(client, server), { message: /Timeout/ });
  assert.equal(client.closed, true);
});

test('a server that is silent is left after the timeout, and the client can connect again', async () => {
  await using server = await startHostileServer({ on: { PWD: () => undefined } });
  using connected = await connect(server, { timeout: 2000 });
  const { client } = connected;
  await assert.rejects(client.pwd(), { message: 'Timeout (control socket)' });
  await assert.rejects(client.pwd(), { message: /^Client is closed because Timeout/ });
  await access(client, server);
  assert.equal((await client.send('NOOP')).code, 200);
});

test('a transfer that stands still is left after the timeout', async () => {
  await using server = await startHostileServer({
    on: {
      RETR: async (session) => {
        session.reply('150 Sending');
        await (await session.openData()).write('some');
      },
    },
  });
  using connected = await connect(server, { timeout: 2000 });
  await assert.rejects(connected.client.downloadTo(new PassThrough().resume(), 'file'), {
    message: 'Timeout (data socket)',
  });
  assert.equal(connected.client.closed, true);
});

test('names that lead out of the directory are not written', async () => {
  const listing = ['../up', '..', '.', 'a/b', '/etc/passwd', 'good'].map((name) => `type=file;size=1; ${name}\r\n`);
  await using server = await startHostileServer({ files: { '/good': '1' }, data: { listing: listing.join('') } });
  await using local = await temporaryDirectory();
  using connected = await connect(server);
  await connected.client.downloadToDir(join(local.path, 'in'));
  assert.deepEqual(await readdir(local.path, { recursive: true }), ['in', 'in/good']);
});

test('names that lead out of the directory are not removed', async () => {
  const listing = ['../up', 'good'].map((name) => `-rw-r--r-- 1 a b 1 Feb 29 2024 ${name}\r\n`).join('');
  await using server = await startHostileServer({ files: { '/good': '1', '/up': '1' }, data: { listing } });
  using connected = await connect(server);
  connected.client.availableListCommands = ['LIST'];
  await connected.client.clearWorkingDir();
  assert.deepEqual(
    server.heard.filter(({ verb }) => verb === 'DELE').map(({ line }) => line),
    ['DELE good'],
  );
});

/** Pure-FTPd 1.0 does not double the quotes within a path. */
const UNDOUBLED: Step = (session) => session.reply(`257 "${session.directory}" is your current location`);

test('a directory with quotes in its name is removed, and no other, whether or not the server doubles them', async () => {
  for (const on of [{}, { PWD: UNDOUBLED }]) {
    await using server = await startHostileServer({ files: { '/q/6" x 9"/a': 'a', '/q/6/keep': 'b' }, on });
    using connected = await connect(server);
    await connected.client.removeDir('/q/6" x 9"');
    const removals = server.heard.filter(({ verb }) => verb === 'DELE' || verb === 'RMD');
    assert.deepEqual(
      removals.map(({ line }) => line),
      ['DELE a', 'RMD /q/6" x 9"'],
    );
    assert.equal(await connected.client.pwd(), '/');
  }
});

test('a directory that the server names in no way that leads back is not removed, and the client is closed', async () => {
  const on: { readonly [verb: string]: Step } = {
    PWD: (session) => session.reply(`257 "${session.directory}"${session.directory === '/q' ? ' "or" so' : ''}`),
    CWD: (session, path) => {
      if (path !== 'q') return session.reply('550 No');
      session.directory = '/q';
      session.reply('250 Moved');
    },
  };
  await using server = await startHostileServer({ files: { '/q/a': 'a' }, on });
  using connected = await connect(server);
  await assert.rejects(connected.client.removeDir('q'), { message: /read in two ways/ });
  assert.equal(connected.client.closed, true);
  assert.deepEqual(server.files.size, 1);
});

test('nothing is removed through a link that the server lists as a directory', async () => {
  const on: { readonly [verb: string]: Step } = {
    CWD: (session, path) => {
      session.directory = path === 'link' ? '/far/away' : path;
      session.reply('250 Moved');
    },
  };
  await using server = await startHostileServer({ files: { '/q/link/x': '', '/far/away/a': 'a', '/far/b': 'b' }, on });
  using connected = await connect(server);
  await assert.rejects(connected.client.removeDir('/q'), { message: /"link" leads to another directory/ });
  assert.deepEqual([...server.files.keys()], ['/q/link/x', '/far/away/a', '/far/b']);
  assert.ok(!server.heard.some(({ verb }) => verb === 'RMD'));
});

for (const start of ['/', '/work']) {
  test(`nothing is removed in ${start} where the server only says that it has left it`, async () => {
    const CWD: Step = (session, path) => {
      if (path === '/work') session.directory = path;
      session.reply('250 Moved');
    };
    await using server = await startHostileServer({ files: { '/work/a': 'a', '/b': 'b' }, on: { CWD } });
    using connected = await connect(server);
    await connected.client.cd(start);
    for (const path of ['missing', '/missing/']) {
      await assert.rejects(connected.client.removeDir(path), { message: /leads to another directory/ });
    }
    assert.deepEqual([...server.files.keys()], ['/work/a', '/b']);
  });
}

test('a path that names no directory removes nothing', async () => {
  await using server = await startHostileServer({ files: { '/a': 'a' } });
  using connected = await connect(server);
  for (const path of ['', '.', '..', 'a/..', './']) {
    await assert.rejects(connected.client.removeDir(path), { message: /names no directory/ }, path);
  }
  assert.equal(server.files.size, 1);
});

test('a name for Windows has no backslash, no colon, and more than dots and spaces', () => {
  for (const name of ['a\\b', 'C:', 'file:stream', '.. ', '. ']) {
    assert.equal(isSingleName(name, '\\'), false, name);
    assert.equal(isSingleName(name, '/'), true, name);
  }
  assert.equal(isSingleName('name.txt', '\\'), true);
});

test('directories without end are left', async () => {
  await using server = await startHostileServer({ data: { listing: 'type=dir; deeper\r\n' } });
  using connected = await connect(server);
  await assert.rejects(connected.client.clearWorkingDir(), { message: /deep/ });
});

test('a listing that the server cut fails, and nothing is removed by it', async () => {
  await using server = await startHostileServer({
    on: {
      MLSD: async (session) => {
        session.reply('150 Listing');
        await (await session.openData()).finish('type=file; seen\r\n');
        session.reply('226 Output truncated to 1 matches');
      },
    },
  });
  using connected = await connect(server);
  await assert.rejects(connected.client.list(), { message: /Output truncated to 1 matches/ });
  await assert.rejects(connected.client.clearWorkingDir(), { message: /Output truncated to 1 matches/ });
  assert.ok(!server.heard.some(({ verb }) => verb === 'DELE'));
  assert.equal(connected.client.closed, false);
});

test('a listing without end is left at maxListingBytes, and the client stays', async () => {
  await using server = await startHostileServer({
    on: {
      MLSD: async (session) => {
        session.reply('150 Listing');
        const data = await session.openData();
        await data.writeEndlessly('type=file; x\r\n');
        session.reply('426 Broken off');
      },
    },
  });
  using connected = await connect(server, { maxListingBytes: 100_000 });
  await assert.rejects(connected.client.list(), { message: /maxListingBytes/ });
  assert.equal(connected.client.closed, false);
  assert.equal(await connected.client.pwd(), '/');
});

test('a reply without end closes the client', async () => {
  await using server = await startHostileServer({
    on: { PWD: (session) => session.sendEndlessly('257-on and on\r\n') },
  });
  using connected = await connect(server);
  await assert.rejects(connected.client.pwd(), { message: /exceeded maximum allowed size/ });
  assert.equal(connected.client.closed, true);
});

test('a stream of ours that fails does so at its call, also while that waits, and the client stays', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const { client } = connected;
  const failing = new Readable({
    read() {
      this.destroy(new Error('of our source'));
    },
  });
  const [first, second] = await Promise.allSettled([
    client.uploadFrom(failing, 'one'),
    client.uploadFrom(Readable.from(['two']), 'two'),
  ]);
  assert.equal(first.status === 'rejected' && first.reason.message, 'of our source');
  assert.equal(second.status, 'fulfilled');

  const broken = new Readable({ read: () => undefined });
  const waiting = [client.pwd(), client.uploadFrom(broken, 'three')];
  broken.destroy(new Error('early'));
  const [, third] = await Promise.allSettled(waiting);
  assert.equal(third?.status === 'rejected' && third.reason.message, 'early');

  const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('no room')) });
  await assert.rejects(client.downloadTo(full, 'two'), { message: 'no room' });
  assert.equal(client.closed, false);
  assert.equal(await client.size('two'), 3);
});

test('a server that names another host for data is refused, and nothing connects there', async () => {
  await using server = await startHostileServer({
    on: {
      EPSV: (session) => session.reply('502 No'),
      PASV: (session) => session.reply('227 Port (10,1,2,3,4,5)'),
    },
  });
  using connected = await connect(server);
  await assert.rejects(connected.client.list(), { message: /another host \(10\.1\.2\.3\)/ });
  assert.equal(connected.client.closed, false);
});

test('a port that nobody answers at is an error of the call', async () => {
  const port = await unusedPort();
  await using server = await startHostileServer({
    on: { EPSV: (session) => session.reply(`229 Port (|||${port}|)`), PASV: (session) => session.reply('500 No') },
  });
  using connected = await connect(server);
  await assert.rejects(connected.client.list(), { message: /^None of the available transfer strategies work/ });
  assert.equal(connected.client.closed, false);
});

test("a reply to a command that was sent beside all tasks is nobody else's", async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const { ftp } = connected.client;
  ftp.send('NONSENSE');
  assert.equal((await ftp.request('NOOP')).code, 200);
  ftp.send('NONSENSE');
  const refusal = await ftp.handle(undefined, (response, task) => task.resolve(response));
  assert.ok(refusal instanceof FTPError);
});

test('greetings of several lines are given as they are', async () => {
  await using server = await startHostileServer({
    on: { GREETING: (session) => session.reply('220-Welcome\r\n220-to this\r\n place\r\n220 Ready') },
  });
  const client = new Client(2000);
  const greeting = await client.connect('localhost', server.port);
  client.close();
  assert.equal(greeting.message, '220-Welcome\n220-to this\n place\n220 Ready');
});

test('pwd reads doubled quotes', async () => {
  await using server = await startHostileServer({ on: { PWD: (session) => session.reply('257 "/a ""b"" c" is it') } });
  using connected = await connect(server);
  assert.equal(await connected.client.pwd(), '/a "b" c');
});

test('names in another encoding go both ways', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const { client } = connected;
  client.ftp.encoding = 'latin1';
  await client.uploadFrom(Readable.from(['x']), 'Gr\u00fc\u00dfe');
  assert.equal((await client.list())[0]?.name, 'Gr\u00fc\u00dfe');
  const names = await readdir(server.root, { encoding: 'buffer' });
  assert.deepEqual(names, [Buffer.from('Gr\u00fc\u00dfe', 'latin1')]);
});

test('a name that is not UTF-8 can be used as it was listed', async () => {
  await using server = await startTestServer();
  await writeFile(Buffer.concat([Buffer.from(`${server.root}/`), Buffer.from([0x61, 0xfc])]), '123');
  using connected = await connect(server);
  const [file] = await connected.client.list();
  assert.equal(await connected.client.size(file?.name ?? ''), 3);
});

test('a password with a line break is refused without being shown', async () => {
  await using server = await startHostileServer();
  const client = new Client(2000);
  await assert.rejects(access(client, server, {}, 'a\r\nDELE x'), (error: Error) => {
    assert.match(error.message, /Contains control characters. \(PASS ###\)/);
    return true;
  });
  client.close();
  assert.ok(server.heard.every(({ line }) => !line.includes('DELE')));
});

test('a context that was never connected is closed, and closing it does nothing', async () => {
  const ftp = new FTPContext();
  assert.equal(ftp.closed, true);
  assert.equal(ftp.hasTLS, false);
  ftp.close();
  ftp.close();
  await assert.rejects(ftp.request('NOOP'), { message: 'Client is closed because User closed client' });
});

test('connecting anew fails what was under way, and begins from the start', async () => {
  await using server = await startHostileServer({ on: { NOOP: () => undefined } });
  using connected = await connect(server);
  const { client } = connected;
  const lost = assert.rejects(client.ftp.request('NOOP'), { message: 'The client connects anew' });
  await access(client, server);
  await lost;
  assert.equal(await client.pwd(), '/');
});

test('what a server sends, however senseless, is an error of the call', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const text = fc.constantFrom(
    '220 ',
    '220-',
    '331 x\r\n',
    '\r\n',
    '230 y\r\n',
    '421 z\r\n',
    '\xff\xfb\x01',
    '229 (|||1|)\r\n',
  );
  const pieces = fc.array(
    fc.oneof(
      bytes,
      text.map((part) => Buffer.from(part, 'latin1')),
    ),
    { maxLength: 20 },
  );
  await fc.assert(
    fc.asyncProperty(pieces, async (pieces) => {
      const server = createServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end(Buffer.concat(pieces)),
      );
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = new Client(500);
      const { port } = server.address() as AddressInfo;
      await assert.rejects(client.access({ host: '127.0.0.1', port, secure: pieces.length % 2 === 0 }));
      client.close();
      server.close();
      await once(server, 'close');
    }),
    { numRuns: 100 },
  );
});

test('what a handler of progress throws fails the transfer, whenever it throws', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const { client } = connected;
  client.trackProgress(() => {
    throw new Error('of the handler');
  });
  await assert.rejects(client.uploadFrom(Readable.from(['x']), 'file'), { message: 'of the handler' });
  client.trackProgress();
  assert.equal(client.closed, false);
  assert.equal(await client.pwd(), '/');

  mock.timers.enable({ apis: ['setInterval'] });
  const tracker = new ProgressTracker();
  let calls = 0;
  tracker.reportTo(() => {
    calls += 1;
    if (calls === 2) throw new Error('in between');
  });
  tracker.start('file', 'upload', () => 0);
  mock.timers.tick(2000);
  assert.throws(() => tracker.updateAndStop(), { message: 'in between' });
  assert.equal(calls, 2);
  mock.timers.reset();
});

test('a log that throws does not end the process', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  connected.client.ftp.log = (message) => {
    if (message.startsWith('<')) throw new Error('of the log');
  };
  assert.equal(await connected.client.pwd(), '/');
});

test('a strategy may bring TLS of its own', async () => {
  await using server = await startTestServer({ sessionReuse: 'off' });
  using connected = await connect(server);
  const { client } = connected;
  client.prepareTransfer = async (ftp) => {
    const response = await ftp.request('EPSV');
    const [, port] = /\|(\d+)\|/.exec(response.message) ?? [];
    ftp.dataSocket = connectTls({ ...ftp.tlsOptions, host: 'localhost', port: Number(port) });
    return response;
  };
  await client.uploadFrom(Readable.from(['by hand']), 'file');
  assert.equal((await client.list())[0]?.size, 7);
});

test('a local file that shrinks while it is sent fails its upload', async () => {
  await using server = await startTestServer();
  await using local = await temporaryDirectory();
  using connected = await connect(server);
  const { client } = connected;
  const path = join(local.path, 'file');
  await writeFile(path, '0123456789');
  const prepare = client.prepareTransfer;
  client.prepareTransfer = async (ftp) => {
    await truncate(path, 4);
    return prepare(ftp);
  };
  await assert.rejects(client.uploadFrom(path, 'file'), { message: /changed while it was sent: 4 of 10 bytes/ });
  assert.equal(client.closed, false);
});

test('lines that are no replies are passed over', async () => {
  await using server = await startHostileServer({
    on: { PWD: (session) => session.reply('hello\r\n\r\n257 "/here"') },
  });
  using connected = await connect(server);
  assert.equal(await connected.client.pwd(), '/here');
});

test('a task whose handler never ends it ends with its connection', async () => {
  await using server = await startTestServer();
  using connected = await connect(server);
  const task = connected.client.ftp.handle('NOOP', () => undefined);
  connected.client.close();
  await assert.rejects(task, { message: 'User closed client during task' });
});

test('a server that does not greet in TLS is left after the timeout', async () => {
  await using server = await startHostileServer({ implicit: true, on: { GREETING: () => undefined } });
  const client = new Client(200);
  const { port } = server;
  const options = { host: 'localhost', port, secure: 'implicit', secureOptions: { ca: server.certificate } } as const;
  await assert.rejects(client.access(options), { message: 'Timeout (control socket)' });
});

test('closing says QUIT', async () => {
  const { promise: said, resolve: onQuit } = Promise.withResolvers<void>();
  await using server = await startHostileServer({ on: { QUIT: () => onQuit() } });
  const { client } = await connect(server);
  client.close();
  assert.equal(client.closed, true);
  await said;
});

/** Ends with its scope. */
interface Connected extends Disposable {
  readonly client: Client;
}

async function connect(
  server: TestServer | HostileServer,
  { timeout = 2000, ...options }: Partial<ClientOptions> & { readonly timeout?: number } = {},
  trust: { readonly ca?: string[] } = {},
): Promise<Connected> {
  const client = new Client(timeout, options);
  await access(client, server, trust);
  return { client, [Symbol.dispose]: () => client.close() };
}

function access(
  client: Client,
  server: TestServer | HostileServer,
  trust: { readonly ca?: string[] } = {},
  password = 'wonderland',
) {
  return client.access({
    host: 'localhost',
    port: 'explicitPort' in server ? server.explicitPort : server.port,
    user: 'alice',
    password,
    secure: true,
    secureOptions: { ca: server.certificate, ...trust },
  });
}

async function temporaryDirectory() {
  const path = await mkdtemp(join(tmpdir(), 'lockport-compat-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}
