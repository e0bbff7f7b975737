import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { HostileServer, type Step } from '../../../test/hostile/hostile-server.ts';
import type { TestServer } from '../../testing/index.ts';
import { connect } from '../client.ts';
import { alice, announcing, at, failure, ownServer } from '../client-fixture.test.ts';
import { type FtpPool, ftpPool } from '../ftp/ftp-session.ts';
import { settingsOf } from '../settings.ts';
import { makeDirectory, remove, removeDirectory, rename } from './changes.ts';
import { setMode } from './set-mode.ts';
import { setModified } from './set-modified.ts';

const TIME = new Date('2001-02-03T04:05:06.789Z');

async function against(work: (pool: FtpPool, server: TestServer) => Promise<void>): Promise<void> {
  await using server = await ownServer();
  await using pool = ftpPool(settingsOf(alice(server)));
  await work(pool, server);
}

/** A server that announces nothing but these. */
async function againstOld(
  features: readonly string[],
  on: { readonly [verb: string]: Step },
  work: (pool: FtpPool, said: () => string[]) => Promise<void>,
): Promise<void> {
  await using server = await HostileServer.start({
    files: { '/file': 'x' },
    on: { FEAT: announcing(...features), ...on },
  });
  await using pool = ftpPool(settingsOf(alice(server, { retry: { attempts: 3, delayMs: 1 } })));
  await work(pool, () => server.heard.filter(({ verb }) => verb in on).map(({ line }) => line));
}

for (const [how, finish] of [
  ['was cut', { lines: 'type=file; seen\r\n', reply: '226 Output truncated to 1 matches' }],
  ['is not understood', { lines: 'type=file; seen\r\nwhat is this?\r\n', reply: '226 Listed' }],
] as const) {
  test(`nothing is removed from a directory whose listing ${how}`, async () => {
    const MLSD: Step = async (session) => {
      session.reply('150 Listing');
      await (await session.openData()).finish(finish.lines);
      session.reply(finish.reply);
    };
    await using server = await HostileServer.start({ files: { '/tree/seen': 'x' }, on: { MLSD } });
    await using pool = ftpPool(settingsOf(alice(server)));
    await failure('incomplete-listing', removeDirectory(pool, at('/tree'), { recursive: true }));
    assert.deepEqual(
      server.heard.filter(({ verb }) => verb === 'DELE' || verb === 'RMD'),
      [],
    );
  });
}

test('a tree is removed with all that is in it, and what links lead to stays', async () => {
  await against(async (pool, server) => {
    const tree = join(server.root, 'tree');
    await mkdir(join(tree, 'a/b c/[d]'), { recursive: true });
    await writeFile(join(tree, 'a/b c/[d]/-rf'), '');
    await writeFile(join(server.root, 'kept'), 'kept');
    await mkdir(join(server.root, 'other'));
    await writeFile(join(server.root, 'other/kept'), 'kept');
    await symlink('../other', join(tree, 'link'));
    await failure('refused', removeDirectory(pool, at('/tree'), {}));
    await removeDirectory(pool, at('/tree'), { recursive: true });
    assert.deepEqual((await readdir(server.root)).toSorted(), ['kept', 'other']);
    assert.deepEqual(await readdir(join(server.root, 'other')), ['kept']);
  });
});

test('a tree that never ends is given up at the limit', async () => {
  const listing = 'type=dir; deeper\r\n';
  await using server = await HostileServer.start({ data: { listing } });
  await using pool = ftpPool(settingsOf(alice(server, { limits: { maxWalkDepth: 5 } })));
  await failure('limit', removeDirectory(pool, at('/tree'), { recursive: true }));
  assert.equal(server.heard.filter(({ verb }) => verb === 'RMD').length, 0);
});

test('directories are made with those above them, and may be there already', async () => {
  await against(async (pool, server) => {
    for (let time = 0; time < 2; time += 1) await makeDirectory(pool, at('/a/b c/d'), { recursive: true });
    assert.ok(existsSync(join(server.root, 'a/b c/d')));
    await failure('exists', makeDirectory(pool, at('/a'), {}));
    await failure('not-found', makeDirectory(pool, at('/missing/d'), {}));
    await writeFile(join(server.root, 'file'), '');
    for (const recursive of [false, true]) {
      const made = makeDirectory(pool, at('/file'), { recursive });
      await assert.rejects(made, { name: 'ClientError', code: 'refused' });
    }
    await assert.rejects(makeDirectory(pool, at('/file/d/e'), { recursive: true }), { name: 'ClientError' });
  });
});

test('a directory is there already whatever the server calls that', async () => {
  const MKD: Step = (session) => session.reply('521 Nope');
  await againstOld([], { MKD, CWD: (session) => session.reply('250 In') }, async (pool, said) => {
    await makeDirectory(pool, at('/a/b'), { recursive: true });
    await failure('exists', makeDirectory(pool, at('/a/b'), {}));
    assert.deepEqual(said(), ['MKD /a/b', 'CWD /a/b', 'MKD /a/b', 'CWD /a/b']);
  });
});

test('a directory that must not be made is refused, though the one above it is there', async () => {
  const MKD: Step = (session) => session.reply('550 Permission denied');
  const CWD: Step = (session, path) => session.reply(path === '/a' ? '250 In' : '550 No such directory');
  await againstOld([], { MKD, CWD }, async (pool) => {
    const error = await failure('refused', makeDirectory(pool, at('/a/b'), { recursive: true }));
    assert.equal(error.command, 'MKD /a/b');
  });
});

test('a rename moves, and a removal takes away', async () => {
  await against(async (pool, server) => {
    await writeFile(join(server.root, 'file'), 'content');
    await rename(pool, at('/file'), at('/new name'), {});
    assert.equal(await readFile(join(server.root, 'new name'), 'utf8'), 'content');
    await failure('not-found', rename(pool, at('/file'), at('/other'), {}));
    await remove(pool, at('/new name'), {});
    await failure('not-found', remove(pool, at('/new name'), {}));
    assert.deepEqual(await readdir(server.root), []);
  });
});

test('a rename whose first half is not taken for one sends no second half', async () => {
  await againstOld([], { RNFR: (session) => session.reply('250 Done'), RNTO: () => undefined }, async (pool, said) => {
    await failure('protocol', rename(pool, at('/file'), at('/other'), {}));
    assert.deepEqual(said(), ['RNFR /file']);
  });
});

test('a change that may have been made is not made again, and one that was refused for now is', async () => {
  const lost: Step = (session) => session.reset();
  await againstOld([], { DELE: lost }, async (pool, said) => {
    await failure('connection-lost', remove(pool, at('/file'), {}));
    assert.deepEqual(said(), ['DELE /file']);
  });
  await againstOld([], { DELE: (session) => session.reply('450 Busy') }, async (pool, said) => {
    await failure('refused', remove(pool, at('/file'), {}));
    assert.equal(said().length, 3);
  });
});

test('time and mode are set by what the server announces', async () => {
  await against(async (pool, server) => {
    const file = join(server.root, 'a file');
    await writeFile(file, '');
    await setModified(pool, at('/a file'), TIME, {});
    await setMode(pool, at('/a file'), 0o640, {});
    const { mtime, mode } = await stat(file);
    assert.deepEqual([mtime, mode & 0o777], [new Date('2001-02-03T04:05:06Z'), 0o640]);
    await failure('not-found', setModified(pool, at('/missing'), TIME, {}));
    await failure('not-found', setMode(pool, at('/missing'), 0o640, {}));
  });
});

test('without MFMT the time is set by what works, and that is remembered', async () => {
  const MDTM: Step = (session) => session.reply('550 No such file');
  const SITE: Step = (session, argument) => session.reply(argument.endsWith('UTC') ? '500 What' : '200 Set');
  await againstOld([], { MDTM, SITE }, async (pool, said) => {
    for (let time = 0; time < 2; time += 1) await setModified(pool, at('/file'), TIME, {});
    const times = '20010203040506 20010203040506 20010203040506';
    const last = 'SITE UTIME 20010203040506 /file';
    assert.deepEqual(said(), ['MDTM 20010203040506 /file', `SITE UTIME /file ${times} UTC`, last, last]);
  });
});

test('a server that can not set times says so, and what is missing is missing', async () => {
  const refuse: Step = (session) => session.reply('550 No such file');
  const MLST: Step = (session, path) => (path === '/file' ? session.byDefault('MLST', path) : refuse(session, path));
  await againstOld(['MLST type*;'], { MDTM: refuse, SITE: refuse, MLST }, async (pool) => {
    await failure('unsupported', setModified(pool, at('/file'), TIME, {}));
    await failure('not-found', setModified(pool, at('/missing'), TIME, {}));
  });
});

test('a time that is refused for a file is no lack of a command, and may be set later', async () => {
  const refusals = ['550 Could not set file modification time'];
  const MDTM: Step = (session) => session.reply(refusals.pop() ?? '213 Set');
  const SITE: Step = (session) => session.reply('500 What');
  await againstOld(['MLST type*;'], { MDTM, SITE }, async (pool) => {
    const error = await failure('refused', setModified(pool, at('/file'), TIME, {}));
    assert.match(error.message, /^550 Could not set file modification time/);
    assert.equal(pool.settings.quirks.withoutTimes, false);
    await setModified(pool, at('/file'), TIME, {});
  });
});

test('a mode is set by SITE CHMOD where MFF is not announced for it, and is not believed to be set', async () => {
  await againstOld(['MFF Modify;'], { SITE: (session) => session.reply('200 Set') }, async (pool, said) => {
    await setMode(pool, at('/file'), 0o4755, {});
    assert.deepEqual(said(), ['SITE CHMOD 4755 /file']);
  });
  await againstOld(['MFF UNIX.mode;'], { MFF: (session) => session.reply('213  /file') }, async (pool) => {
    await failure('unsupported', setMode(pool, at('/file'), 0o644, {}));
  });
});

test('a call that takes something away takes no path that names nothing', async () => {
  await using server = await HostileServer.start({ files: { '/in/a': 'a' } });
  await using client = await connect(alice(server, { directory: 'in' }));
  const calls = [
    (path: string) => client.remove(path),
    (path: string) => client.removeDirectory(path, { recursive: true }),
    (path: string) => client.rename(path, 'elsewhere'),
  ];
  for (const path of ['', '.', './', '/', '..', 'b/..']) {
    for (const call of calls) await failure('invalid-argument', (async () => call(path))());
  }
  assert.ok(!server.heard.some(({ verb }) => ['DELE', 'RMD', 'RNFR'].includes(verb)));
});
