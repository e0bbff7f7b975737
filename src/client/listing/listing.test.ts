import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostileServer, type HostileServerOptions, type Step } from '../../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { decodeText, ROOT } from '../../core/index.ts';
import type { TestServer } from '../../testing/index.ts';
import { alice, at, failure, ownServer } from '../client-fixture.test.ts';
import { ClientError } from '../errors.ts';
import { size } from '../files/attributes.ts';
import { type FtpPool, ftpPool } from '../ftp/ftp-session.ts';
import type { ConnectOptions } from '../options.ts';
import { settingsOf } from '../settings.ts';
import type { RemoteEntry } from './entry.ts';
import { IncompleteListing } from './incomplete-listing.ts';
import { list } from './listing.ts';
import { exists, stat } from './stat.ts';

const ODD_NAMES = [
  ' a  b ',
  `it's "quoted"`,
  '[a]{b}*?',
  '-rf',
  '.hidden',
  'a\\b',
  '\u{1f4c4}',
  'A\u0308',
  decodeText(Buffer.of(0x66, 0xff, 0xfe, 0x20, 0xc3)),
];

async function against(
  work: (pool: FtpPool, server: TestServer) => Promise<void>,
  options: Partial<ConnectOptions> = {},
): Promise<void> {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server, options)));
  await work(pool, server);
}

/** A server with LIST alone. */
async function againstOld(
  options: HostileServerOptions,
  work: (pool: FtpPool, server: HostileServer) => Promise<void>,
): Promise<void> {
  const FEAT: Step = (session) => session.reply('502 No');
  await using server = await HostileServer.start({ ...options, on: { FEAT, MLSD: FEAT, MLST: FEAT, ...options.on } });
  await using pool = ftpPool(settingsOf(alice(server)));
  await work(pool, server);
}

async function names(entries: AsyncIterable<RemoteEntry>): Promise<string[]> {
  return (await Array.fromAsync(entries)).map(({ name }) => name).toSorted();
}

function said(server: HostileServer, ...verbs: string[]): string[] {
  return server.heard.filter(({ verb }) => verbs.includes(verb)).map(({ line }) => line);
}

test('odd names are listed, found and entered as they are', async () => {
  await against(async (pool, server) => {
    for (const name of ODD_NAMES) {
      const directory = Buffer.concat([Buffer.from(`${server.root}/`), pool.settings.charset.encode(name)]);
      await mkdir(directory);
      await writeFile(Buffer.concat([directory, Buffer.from('/in')]), 'x');
    }
    assert.deepEqual(await names(list(pool, ROOT, {})), ODD_NAMES.toSorted());
    for (const name of ODD_NAMES) {
      const path = at(`/${name}`);
      assert.deepEqual(await Array.fromAsync(list(pool, path, {}), (entry) => entry.path), [`${path}/in`]);
      const entry = await stat(pool, path, {});
      assert.deepEqual([entry.name, entry.path, entry.kind], [name, path, 'directory']);
    }
  });
});

test('an entry tells kind, size, time and the target of a link', async () => {
  await against(async (pool, server) => {
    await writeFile(join(server.root, 'file'), '12345');
    await symlink('file', join(server.root, 'link'));
    const [file, link] = (await Array.fromAsync(list(pool, ROOT, {}))).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    assert.deepEqual([file?.kind, file?.size, file?.path, file?.modifiedPrecision], ['file', 5, '/file', 'second']);
    assert.deepEqual([link?.kind, link?.target], ['link', 'file']);
  });
});

test('a directory of 10,000 entries comes whole, and an empty one is empty', async () => {
  await against(async (pool, server) => {
    await mkdir(join(server.root, 'empty'));
    await mkdir(join(server.root, 'large'));
    const files = Array.from({ length: 10_000 }, (_, index) => join(server.root, 'large', `${index}`));
    for (const file of files) writeFileSync(file, '');
    assert.equal((await names(list(pool, at('/large'), {}))).length, 10_000);
    assert.deepEqual(await names(list(pool, at('/empty'), {})), []);
  });
});

test('who lists may use the only connection meanwhile', async () => {
  // More than the sockets and the client hold back by themselves.
  const lines = Array.from({ length: 100_000 }, (_, index) => `type=file; ${`${index}`.padStart(100, 'n')}\r\n`);
  await using server = await HostileServer.start({ files: { '/file': 'x' }, data: { listing: lines.join('') } });
  await using pool = ftpPool(settingsOf(alice(server)));
  let count = 0;
  for await (const { kind } of list(pool, ROOT, {})) {
    if (count % 25_000 === 0) assert.equal(await size(pool, at('/file'), {}), 1);
    assert.equal(kind, 'file');
    count += 1;
  }
  assert.equal(count, 100_000);
});

test('a listing that is left early or aborted frees its connection', async () => {
  await against(async (pool, server) => {
    for (let index = 0; index < 300; index += 1) await writeFile(join(server.root, `${index}`), '');
    for await (const { kind } of list(pool, ROOT, {})) {
      assert.equal(kind, 'file');
      break;
    }
    const controller = new AbortController();
    const entries = list(pool, ROOT, { signal: controller.signal });
    await entries.next();
    controller.abort();
    await failure('aborted', Array.fromAsync(entries));
    await failure('aborted', Array.fromAsync(list(pool, ROOT, { signal: controller.signal })));
    assert.equal((await names(list(pool, ROOT, {}))).length, 300);
  });
});

test('an endless listing can be left', async () => {
  const MLSD: Step = async (session) => {
    session.reply('150 Listing');
    const data = await session.openData();
    await data.writeEndlessly('type=file;size=1; again\r\n'.repeat(1000));
  };
  await using server = await HostileServer.start({ on: { MLSD } });
  await using pool = ftpPool(settingsOf(alice(server, { limits: { maxListingEntries: 50_000 } })));
  for await (const { name } of list(pool, ROOT, {})) {
    assert.equal(name, 'again');
    break;
  }
  const error = await failure('limit', Array.fromAsync(list(pool, ROOT, {})));
  assert.match(error.message, /maxListingEntries/);
});

test('a missing directory is not found, and a file is no directory', async () => {
  await against(async (pool, server) => {
    await writeFile(join(server.root, 'file'), '');
    await failure('not-found', Array.fromAsync(list(pool, at('/missing'), {})));
    const error = await failure('refused', Array.fromAsync(list(pool, at('/file'), {})));
    assert.match(error.message, /no directory/);
    await failure('not-found', stat(pool, at('/missing'), {}));
    assert.equal(await exists(pool, at('/missing'), {}), false);
    assert.equal(await exists(pool, at('/file'), {}), 'file');
    assert.equal(await exists(pool, ROOT, {}), 'directory');
  });
});

for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
  test(`a listing that was ${ending} gives no end although the server says 226`, async () => {
    await using server = await HostileServer.start({ files: { '/file': 'x' }, data: { ending } });
    await using pool = ftpPool(settingsOf(alice(server)));
    await failure('truncated', Array.fromAsync(list(pool, ROOT, {})));
  });
}

test('what a hostile listing names outside its directory is passed over', async () => {
  const listing = ['.', '..', '../up', '/etc/passwd', 'a/b', '', 'good']
    .map((name) => `type=file; ${name}\r\n`)
    .join('');
  await using server = await HostileServer.start({ data: { listing } });
  await using pool = ftpPool(settingsOf(alice(server)));
  const told: IncompleteListing[] = [];
  const entries = list(pool, at('/directory'), { onIncomplete: (failure) => told.push(failure) });
  assert.deepEqual(await names(entries), ['good']);
  assert.deepEqual(
    told.map(({ reason, count }) => [reason, count]),
    [['lines', 4]],
  );
});

test('a server without MLSD is asked by LIST, and for hidden names', async () => {
  await againstOld({ files: { '/directory/file': '12345', '/directory/.hidden': 'x' } }, async (pool, server) => {
    assert.deepEqual(await names(list(pool, at('/directory'), {})), ['.hidden', 'file']);
    assert.deepEqual(said(server, 'CWD', 'LIST', 'MLSD'), ['CWD /directory', 'LIST -a']);
  });
});

test('a server that announces MLSD and has none is asked once', async () => {
  const MLSD: Step = (session) => session.reply('500 What');
  await using server = await HostileServer.start({ files: { '/file': 'x' }, on: { MLSD } });
  await using pool = ftpPool(settingsOf(alice(server)));
  for (let time = 0; time < 2; time += 1) assert.deepEqual(await names(list(pool, ROOT, {})), ['file']);
  assert.equal(said(server, 'MLSD').length, 1);
});

for (const [how, refuse] of [
  ['refuses', (session) => session.reply('501 No options')],
  ['finds nothing by', (session) => session.reply('550 -a: No such file or directory')],
] as const satisfies readonly (readonly [string, (session: HostileSession) => void])[]) {
  test(`a server that ${how} \`LIST -a\` is asked without it, from then on`, async () => {
    const LIST: Step = (session, argument) => (argument === '-a' ? refuse(session) : session.byDefault('LIST'));
    await againstOld({ files: { '/file': 'x' }, on: { LIST } }, async (pool, server) => {
      for (let time = 0; time < 2; time += 1) assert.deepEqual(await names(list(pool, ROOT, {})), ['file']);
      assert.deepEqual(said(server, 'LIST'), ['LIST -a', 'LIST', 'LIST']);
    });
  });
}

test('a server that shows nothing for `LIST -a` is asked without it', async () => {
  const LIST: Step = async (session, argument) => {
    if (argument === '') return session.byDefault('LIST');
    session.reply('150 Nothing of that name');
    await (await session.openData()).finish(Buffer.alloc(0));
    session.reply('226 Done');
  };
  await againstOld({ files: { '/file': 'x' }, on: { LIST } }, async (pool, server) => {
    for (let time = 0; time < 2; time += 1) assert.deepEqual(await names(list(pool, ROOT, {})), ['file']);
    assert.deepEqual(said(server, 'LIST'), ['LIST -a', 'LIST', 'LIST']);
  });
});

for (const reply of [
  '450 No files found',
  '550 No files found',
  '550 No data sets found',
  '450 The directory is empty',
  '226 No entries',
  '226-Options: -a\r\n226 0 matches total',
]) {
  test(`an empty directory may be answered by ${reply} alone`, async () => {
    const LIST: Step = (session) => session.reply(reply);
    await againstOld({ on: { LIST } }, async (pool) => {
      assert.deepEqual(await names(list(pool, ROOT, {})), []);
    });
  });
}

test('a directory whose server answers MLSD by 450 No files found is empty', async () => {
  await using server = await HostileServer.start({ on: { MLSD: (session) => session.reply('450 No files found') } });
  await using pool = ftpPool(settingsOf(alice(server)));
  assert.deepEqual(await names(list(pool, ROOT, {})), []);
});

for (const reply of [
  '450 No files may be listed at this time',
  '550 Directory is not empty',
  '226 10 files',
  '226 Directory not empty',
]) {
  test(`${reply} does not say that there is nothing`, async () => {
    const LIST: Step = (session) => session.reply(reply);
    await againstOld({ on: { LIST } }, async (pool) => {
      const listed = await Array.fromAsync(list(pool, ROOT, {})).catch((error: unknown) => error);
      assert.ok(listed instanceof ClientError);
    });
  });
}

for (const [how, answer] of [
  ['226 without a data connection', (session) => session.reply('226 Transfer complete')],
  ['550 No such file or directory', (session) => session.reply('550 No such file or directory')],
] as const satisfies readonly (readonly [string, (session: HostileSession) => void])[]) {
  test(`a listing that is answered by ${how} may be that of a full directory`, async () => {
    await againstOld({ on: { LIST: answer } }, async (pool) => {
      const error = await failure('incomplete-listing', Array.fromAsync(list(pool, ROOT, {})));
      assert.ok(error instanceof IncompleteListing);
      assert.deepEqual([error.reason, error.path], ['nothing-sent', '/']);
    });
  });
}

test('a listing that is answered by 226 alone in clear text, where a port was accepted, may be that of a full directory', async () => {
  const MLSD: Step = (session) => session.reply('226 Transfer complete');
  await using server = await HostileServer.start({ on: { MLSD } });
  const limits = { abortMs: 100, stallMs: 600_000 };
  await using pool = ftpPool(settingsOf(alice(server, { dataProtection: 'clear', allowClear: true, limits })));
  const error = await failure('incomplete-listing', Array.fromAsync(list(pool, ROOT, {})));
  assert.ok(error instanceof IncompleteListing);
  assert.equal(error.reason, 'nothing-sent');
});

for (const reply of [
  '226 Output truncated to 2 matches',
  `${'226-More\r\n'.repeat(6)}226 Output truncated to 2 matches`,
  '226 2 matches total (limit reached)',
  '226 Transfer complete, listing aborted after time-out',
  '226-Options: -a\r\n226 Anzeige auf 2 Einträge beschränkt.',
]) {
  test(`a listing that ends with ${JSON.stringify(reply)} gives its entries, and then fails`, async () => {
    const MLSD: Step = async (session) => {
      session.reply('150 Listing');
      await (await session.openData()).finish('type=file; a\r\ntype=file; b\r\n');
      session.reply(reply);
    };
    await using server = await HostileServer.start({ on: { MLSD } });
    await using pool = ftpPool(settingsOf(alice(server)));
    const entries = list(pool, ROOT, {});
    const came: string[] = [];
    const reading = (async () => {
      for await (const { name } of entries) came.push(name);
    })();
    const error = await failure('incomplete-listing', reading);
    assert.deepEqual(came, ['a', 'b']);
    assert.equal(error.reply?.code, 226);
  });
}

test('lines that are not understood are told behind the entries, with the first of them', async () => {
  const listing = '-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 seen\r\nwhat is this?\r\nand this\r\n';
  await againstOld({ data: { listing } }, async (pool) => {
    const error = await failure('incomplete-listing', Array.fromAsync(list(pool, ROOT, {})));
    assert.ok(error instanceof IncompleteListing);
    assert.deepEqual([error.reason, error.count, error.sample], ['lines', 2, 'what is this?']);
  });
});

test('what an incomplete listing does not show is asked for by itself', async () => {
  const listing = '-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 seen\r\nwhat is this?\r\n';
  const CWD: Step = (session, path) =>
    path === '/' ? session.byDefault('CWD', path) : session.reply('550 Failed to change directory.');
  await againstOld({ files: { '/unseen': '12345' }, data: { listing }, on: { CWD } }, async (pool) => {
    assert.equal((await stat(pool, at('/unseen'), {})).size, 5);
    assert.equal(await exists(pool, at('/missing'), {}), false);
  });
});

for (const code of [500, 501, 502, 504]) {
  test(`a server that announces MLST and answers it by ${code} is asked in other ways`, async () => {
    const MLST: Step = (session) => session.reply(`${code} Not here`);
    await using server = await HostileServer.start({ files: { '/file': '12345' }, on: { MLST } });
    await using pool = ftpPool(settingsOf(alice(server)));
    assert.equal((await stat(pool, at('/file'), {})).size, 5);
    assert.equal(await exists(pool, at('/missing'), {}), false);
  });
}

test('a server that answers MLSD by 501 is asked by LIST', async () => {
  const MLSD: Step = (session) => session.reply('501 Missing argument');
  await using server = await HostileServer.start({ files: { '/file': 'x' }, on: { MLSD } });
  await using pool = ftpPool(settingsOf(alice(server)));
  assert.deepEqual(await names(list(pool, ROOT, {})), ['file']);
});

test('a listing whose server leaves out the 150 is listed all the same', async () => {
  const MLSD: Step = async (session) => {
    session.reply('226 Listed already');
    await (await session.openData()).finish(Buffer.from('type=file; file\r\n'));
  };
  await using server = await HostileServer.start({ on: { MLSD } });
  await using pool = ftpPool(settingsOf(alice(server)));
  assert.deepEqual(await names(list(pool, ROOT, {})), ['file']);
});

test('a directory that could not be read is not an empty one', async () => {
  const LIST: Step = async (session) => {
    session.reply('150 Here comes the directory listing.');
    await (await session.openData()).finish(Buffer.alloc(0));
    session.reply('226 Transfer done (but failed to open directory).');
  };
  await againstOld({ on: { LIST } }, async (pool) => {
    await failure('refused', Array.fromAsync(list(pool, ROOT, {})));
  });
});

test('without MLST an entry is looked up in the listing of its directory', async () => {
  await againstOld({ files: { '/directory/file': '12345' } }, async (pool) => {
    const file = await stat(pool, at('/directory/file'), {});
    assert.deepEqual([file.kind, file.size, file.path], ['file', 5, '/directory/file']);
    assert.equal((await stat(pool, at('/directory'), {})).kind, 'directory');
    assert.equal((await stat(pool, ROOT, {})).kind, 'directory');
    assert.equal(await exists(pool, at('/directory/missing'), {}), false);
  });
});

test('without MLST a hidden name, and one in a directory that can not be listed, is found by what can be done with it', async () => {
  const LIST: Step = (session) => session.reply('550 Permission denied');
  const CWD: Step = (session, path) =>
    path.endsWith('file') ? session.reply('550 Failed to change directory.') : session.byDefault('CWD', path);
  await againstOld({ files: { '/file': '12345' }, on: { LIST, CWD } }, async (pool) => {
    const file = await stat(pool, at('/file'), {});
    assert.deepEqual([file.kind, file.size, file.modified], ['file', 5, new Date('2024-02-29T12:00:00Z')]);
    assert.equal((await stat(pool, at('/directory'), {})).kind, 'directory');
    assert.equal(await exists(pool, at('/otherfile'), {}), false);
  });
});

test('where it is unclear why a directory can not be entered it is looked up', async () => {
  const CWD: Step = (session, path) =>
    path === '/' ? session.byDefault('CWD', path) : session.reply('550 Failed to change directory.');
  await againstOld({ files: { '/file': 'x', '/closed/x': '' }, on: { CWD } }, async (pool) => {
    await failure('not-found', Array.fromAsync(list(pool, at('/missing'), {})));
    assert.match((await failure('refused', Array.fromAsync(list(pool, at('/file'), {})))).message, /no directory/);
    assert.match(
      (await failure('refused', Array.fromAsync(list(pool, at('/closed'), {})))).message,
      /Failed to change/,
    );
  });
});

test('a server that does not say why it describes no entry says so to CWD', async () => {
  const MLST: Step = (session, path) => session.reply(`550 '${path}' cannot be listed`);
  const CWD: Step = (session, path) =>
    session.reply(path === '/closed' ? '550 Permission denied' : `550 ${path}: No such file or directory`);
  await using server = await HostileServer.start({ on: { MLST, CWD } });
  await using pool = ftpPool(settingsOf(alice(server)));
  assert.equal(await exists(pool, at('/missing'), {}), false);
  await failure('refused', exists(pool, at('/closed'), {}));
});

test('a hidden name that the listing leaves out is found by what can be done with it', async () => {
  const LIST: Step = async (session) => {
    session.reply('150 Listing');
    await (await session.openData()).finish('-rw-r--r-- 1 ftp ftp 1 Feb 29 2024 seen\r\n');
    session.reply('226 Listed');
  };
  const CWD: Step = (session, path) =>
    path === '/' ? session.byDefault('CWD', path) : session.reply('550 Failed to change directory.');
  await againstOld({ files: { '/.hidden': '12345' }, on: { LIST, CWD } }, async (pool) => {
    assert.equal((await stat(pool, at('/.hidden'), {})).size, 5);
    assert.equal(await exists(pool, at('/.missing'), {}), false);
  });
});
