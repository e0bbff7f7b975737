import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import test from 'node:test';
import type { Step } from '../../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { connect } from '../client.ts';
import { alice, announcing, failure, ownServer } from '../client-fixture.test.ts';
import { against, LARGE, Scratch } from './transfer-fixture.test.ts';
import type { Progress, Source } from './transfer-options.ts';

for (const security of ['explicit', 'implicit'] as const) {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`a file goes up from every kind of source: ${security}, ${version}`, async () => {
      await using server = await ownServer();
      await using scratch = await Scratch.make();
      const port = security === 'implicit' ? server.implicitPort : server.explicitPort;
      const tls = { ca: server.certificate, minVersion: version, maxVersion: version };
      await using client = await connect({ ...alice(server), security, port, tls, sessionReuse: 'require' });
      for (const content of [Buffer.alloc(0), Buffer.from('x'), LARGE.subarray(0, 300_001), LARGE]) {
        await writeFile(scratch.at('f'), content);
        const sources: { readonly [kind: string]: Source } = {
          path: scratch.at('f'),
          bytes: new Uint8Array(content),
          blob: new Blob([content]),
          node: Readable.from(pieces(content)),
          web: ReadableStream.from(pieces(content)),
          iterable: pieces(content),
          function: async (offset) => pieces(content.subarray(offset)),
        };
        for (const [kind, source] of Object.entries(sources)) {
          const { bytes, offset, verified } = await client.upload(source, kind);
          assert.deepEqual({ bytes, offset, verified }, { bytes: content.length, offset: 0, verified: 'size' });
          assert.ok(content.equals(await readFile(join(server.root, kind))), kind);
        }
      }
    });
  }
}

test('what a file is added to keeps what it had, and a new one is made', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const first = await client.append(Buffer.from('one'), 'f', { checksum: 'require' });
  const second = await client.append(Buffer.from('two'), 'f', { checksum: 'require' });
  assert.equal(await readFile(join(server.root, 'f'), 'utf8'), 'onetwo');
  assert.deepEqual([first.offset, second.offset, second.bytes], [0, 3, 3]);
  assert.equal(second.verified, 'SHA-512');
});

test('a source that is shorter or longer than was said is no whole file, and the next call goes on', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  for (const size of [2_999_999, 3_000_001]) {
    const error = await failure('local', client.upload(pieces(LARGE.subarray(0, 3_000_000)), 'f', { size }));
    assert.match(error.message, new RegExp(String(size)));
    await failure('not-found', client.stat('f'));
  }
  await client.upload(pieces(LARGE.subarray(0, 3_000_000)), 'g', { size: 3_000_000 });
  assert.equal(server.events.filter(({ event }) => event === 'session.opened').length, 1);
});

test('a source that fails is told with its cause, and the next call goes on', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  const cause = new Error('The disk is gone');
  async function* failing(): AsyncIterable<Uint8Array> {
    yield LARGE.subarray(0, 1_000_000);
    throw cause;
  }
  for (const source of [failing(), Readable.from(failing()), ReadableStream.from(failing()), failing]) {
    assert.equal((await failure('local', client.upload(source, 'f'))).cause, cause);
    await failure('not-found', client.stat('f'));
  }
  const broken = new Readable({ read() {} });
  const call = client.upload(broken, 'f');
  broken.destroy(cause);
  assert.equal((await failure('local', call)).cause, cause);
  await failure('local', client.upload(scratch.at('missing'), 'f'));
  await failure('local', client.upload(scratch.path, 'f'));
  await failure('local', client.upload('/dev/null', 'f'));
  await failure('local', client.upload(Readable.from([{ no: 'bytes' }]), 'f'));
  await client.upload(Buffer.from('x'), 'g');
  assert.equal(server.events.filter(({ event }) => event === 'session.opened').length, 1);
});

test('a local file that is written to while it is sent is no whole file', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  // More than is read ahead of what is sent.
  await writeFile(scratch.at('f'), Buffer.alloc(8_000_000, 'x'));
  let isChanged = false;
  const onProgress = (): void => {
    if (!isChanged) appendFileSync(scratch.at('f'), 'y');
    isChanged = true;
  };
  await failure('changed', client.upload(scratch.at('f'), 'f', { onProgress, maxBytesPerSecond: 20_000_000 }));
  await failure('not-found', client.stat('f'));
});

test('the size on the server is compared', async () => {
  let asked = 0;
  const SIZE = (session: HostileSession): void => {
    asked += 1;
    session.reply('213 4');
  };
  await against({ on: { SIZE } }, async (client, { server }) => {
    await failure('wrong-size', client.upload(Buffer.from('12345'), '/f'));
    assert.equal(server.heard.filter(({ verb }) => verb === 'STOR').length, 1);
    assert.equal((await client.upload(Buffer.from('1234'), '/f')).verified, 'size');
    assert.equal(asked, 2);
  });
});

test('checksums of uploads are compared', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  for (const source of [Buffer.alloc(0), LARGE]) {
    assert.equal((await client.upload(source, 'f', { checksum: 'require' })).verified, 'SHA-512');
  }
  const on = {
    FEAT: (session: HostileSession): void => session.reply('211-\r\n XCRC\r\n211 End'),
    XCRC: (session: HostileSession): void => session.reply('250 cbf43926'),
  };
  await against({ on }, async (client) => {
    assert.equal((await client.upload(Buffer.from('123456789'), '/f', { checksum: 'require' })).verified, 'CRC32');
    await failure('wrong-checksum', client.upload(Buffer.from('12345678'), '/f', { checksum: 'prefer' }));
  });
});

test('a name that is taken is left alone where that is asked for', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  await client.upload(Buffer.from('old'), 'f', { exclusive: true });
  await failure('exists', client.upload(Buffer.from('new'), 'f', { exclusive: true }));
  assert.equal(await readFile(join(server.root, 'f'), 'utf8'), 'old');
});

test('a temporary name is seen until all is there, and goes away when that fails', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  await mkdir(join(server.root, 'd'));
  const long = 'ü'.repeat(120);
  await client.upload(LARGE, `d/${long}`, { temporaryName: true, checksum: 'require' });
  assert.deepEqual(await readdir(join(server.root, 'd')), [long]);
  const stored = server.events.flatMap((event) => (event.event === 'transfer.finished' ? [event.path] : []));
  assert.match(stored.at(-1) ?? '', /^\/d\/ü+\.lockport-.{12}\.tmp$/);

  await against({ on: { RNTO: (session) => session.reply('550 No') } }, async (client, { server }) => {
    await failure('refused', client.upload(Buffer.from('x'), '/f', { temporaryName: true }));
    await client.send('NOOP');
    assert.deepEqual([...server.files.keys()], []);
  });
});

test('the time of the local file, or another one, is kept where that is asked for', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  const modified = new Date('2020-02-29T12:00:00Z');
  await writeFile(scratch.at('f'), 'x');
  await utimes(scratch.at('f'), modified, modified);
  await client.upload(scratch.at('f'), 'f', { keepTime: true });
  assert.deepEqual((await stat(join(server.root, 'f'))).mtime, modified);
  const other = new Date('2021-01-01T00:00:00Z');
  await client.upload(Buffer.from('x'), 'g', { keepTime: other });
  assert.deepEqual((await stat(join(server.root, 'g'))).mtime, other);
  await failure('invalid-argument', client.upload(Buffer.from('x'), 'h', { keepTime: true }));
});

test('text goes with line ends of the network', async () => {
  await against({}, async (client, { server }) => {
    const { verified } = await client.upload(Buffer.from('one\ntwo\n'), '/f', { type: 'text' });
    assert.equal(server.files.get('/f')?.toString(), 'one\r\ntwo\r\n');
    assert.equal(verified, 'nothing');
  });
});

test('progress ends with all bytes, and the rate is kept', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  const told: Progress[] = [];
  const onProgress = (progress: Progress): unknown => told.push(progress);
  const { durationMs } = await client.upload(LARGE, 'f', { onProgress, maxBytesPerSecond: 20_000_000 });
  const expected = { direction: 'upload', path: '/f', offset: 0, total: LARGE.length };
  assert.deepEqual(told.at(-1), { ...expected, bytes: LARGE.length });
  assert.ok(told.length > 1 && durationMs > 350, `${durationMs} ms`);
  await client.append(Buffer.from('x'), 'f', { onProgress });
  assert.deepEqual(told.at(-1), { ...expected, bytes: 1, offset: LARGE.length, total: LARGE.length + 1 });
});

test('a listener of progress that throws ends the call and nothing else', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  const cause = new Error('No');
  const onProgress = (): void => {
    throw cause;
  };
  const slow = { onProgress, maxBytesPerSecond: 40_000_000 };
  assert.equal((await failure('local', client.upload(LARGE, 'f', slow))).cause, cause);
  await client.upload(LARGE, 'f');
  assert.equal((await failure('local', client.download('f', scratch.at('f'), slow))).cause, cause);
  assert.deepEqual(await scratch.names(), []);
});

async function* pieces(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}

/** What a server says to FEAT that announces no more than these. */
const KEEPS_TIMES = announcing('MFMT', 'SIZE', 'MDTM', 'REST STREAM');

for (const answer of ['550 No such file', '530 Not you', '502 No']) {
  test(`a stored file is stored although its time could not be set: ${answer}`, async () => {
    const on = { FEAT: KEEPS_TIMES, MFMT: (session: HostileSession) => session.reply(answer) };
    await against({ on }, async (client, { server }) => {
      const { warnings, verified } = await client.upload(Buffer.from('x'), '/f', { keepTime: new Date() });
      assert.deepEqual([warnings.map(({ about }) => about), verified], [['time'], 'size']);
      assert.match(warnings[0]?.message ?? '', /^The file is stored, but its time could not be set: /);
      const added = await client.append(Buffer.from('x'), '/f', { keepTime: new Date() });
      assert.equal(added.warnings.length, 1);
      assert.equal(server.heard.filter(({ verb }) => verb === 'MFMT').length, answer.startsWith('502') ? 1 : 2);
      assert.equal(server.heard.filter(({ verb }) => verb === 'STOR').length, 1);
    });
  });
}

/** Takes a file in and away at once. */
const SWALLOW: Step = async (session, path) => {
  session.reply('150 Go on');
  const data = await session.openData();
  await data.receive();
  await data.finish('', 'clean');
  session.reply(`226 Stored ${path}`);
};

test('a file that a drop box takes away at once is stored', async () => {
  const on = { FEAT: KEEPS_TIMES, STOR: SWALLOW, MFMT: (session: HostileSession) => session.reply('550 No such file') };
  await against({ on }, async (client, { server }) => {
    const options = { keepTime: new Date(), checksum: 'prefer' } as const;
    const { warnings, verified } = await client.upload(Buffer.from('x'), '/f', options);
    assert.deepEqual([warnings.map(({ about }) => about), verified], [['time'], 'nothing']);
    assert.equal(server.uploads.length, 1);
  });
});

test('a file is stored although the server went away before its size and its checksum could be compared', async () => {
  let asked = 0;
  const goAway: Step = async (session) => {
    asked += 1;
    if (asked === 1) await session.end();
    else session.reply('550 No');
  };
  const FEAT = announcing('SIZE', 'XCRC');
  await against({ on: { FEAT, SIZE: goAway, XCRC: goAway } }, async (client, { server }) => {
    const { warnings, verified } = await client.upload(Buffer.from('x'), '/f', { checksum: 'require' });
    assert.deepEqual([warnings.map(({ about }) => about), verified], [['size', 'checksum'], 'nothing']);
    assert.equal(server.uploads.length, 1);
  });
});

/** Takes all, and goes away without a word of it; keeps it where `isKept`. */
function wordless(isKept: boolean): Step {
  return async (session, path) => {
    if (isKept && session.state.files.has(path)) return session.byDefault('STOR', path);
    session.reply('150 Go on');
    const data = await session.openData();
    const received = await data.receive();
    await data.finish('', 'clean');
    if (isKept) session.state.files.set(path, received);
    await session.end();
  };
}

test('an upload that the server did not confirm may be stored: it is unknown, and not sent a second time', async () => {
  await against({ on: { STOR: wordless(false) } }, async (client, { server }) => {
    const error = await failure('unconfirmed', client.upload(Buffer.from('order'), '/f'));
    assert.match(error.message, /whether the server has stored them is unknown/);
    assert.deepEqual([error.retryable, server.uploads.length], [false, 1]);
  });
});

test('an upload that the server did not confirm is sent again where it stands, since nothing has taken it away', async () => {
  await against({ on: { STOR: wordless(true) } }, async (client, { server }) => {
    const { retries, warnings } = await client.upload(Buffer.from('order'), '/f');
    assert.deepEqual([retries, warnings, server.files.get('/f')?.toString()], [1, [], 'order']);
  });
});

test('a temporary name takes the place of a file where the server does not rename over one, and loses neither', async () => {
  const RNTO: Step = (session, path) =>
    session.state.files.has(path) ? session.reply('553 File exists') : session.byDefault('RNTO', path);
  await against({ files: { '/f': 'old' }, on: { RNTO } }, async (client, { server }) => {
    const { warnings } = await client.upload(Buffer.from('new'), '/f', { temporaryName: true });
    assert.deepEqual(warnings, []);
    assert.deepEqual([...server.files].map(String), ['/f,new']);
  });
  const broken: Step = (session, path) => {
    const { files } = session.state;
    const isNew = files.get(session.renameFrom)?.toString() === 'new';
    return isNew ? session.reply('550 Never') : RNTO(session, path);
  };
  await against({ files: { '/f': 'old' }, on: { RNTO: broken } }, async (client, { server }) => {
    await failure('refused', client.upload(Buffer.from('new'), '/f', { temporaryName: true }));
    await client.send('NOOP');
    assert.deepEqual([...server.files].map(String), ['/f,old']);
  });
});

test('what a drop box lets nobody rename or remove is named, and that it goes without a temporary name', async () => {
  const refuse: Step = (session) => session.reply('550 Not here');
  await against({ on: { RNFR: refuse, DELE: refuse } }, async (client, { server }) => {
    const { message, command } = await failure(
      'refused',
      client.upload(Buffer.from('x'), '/f', { temporaryName: true }),
    );
    const [left = ''] = server.files.keys();
    assert.match(left, /^\/f\.lockport-.+\.tmp$/);
    assert.ok(message.includes(`the file is left on the server as ${left}; `), message);
    assert.match(message, /store under the name itself \(--no-temporary-name, temporaryName: false\)$/);
    assert.match(command ?? '', /^RNFR/);
  });
});

test('an upload under a temporary name that nobody confirms names it, and so does one that was aborted', async () => {
  let isGone = false;
  const on = {
    STOR: async (session, path) => {
      session.reply('150 Come');
      const data = await session.openData();
      const received = await data.receive();
      session.state.files.set(path, received);
      isGone = true;
      await data.finish('', 'clean');
      await session.end();
    },
    USER: (session) => (isGone ? session.reset() : session.reply('331 Password')),
  } satisfies { readonly [verb: string]: Step };
  await against(
    { on },
    async (client, { server }) => {
      const error = await failure('unconfirmed', client.upload(Buffer.from('x'), '/f', { temporaryName: true }));
      const [left] = server.files.keys();
      assert.ok(left && error.message.endsWith(`; the file may be left on the server as ${left}`), error.message);
    },
    { retry: { attempts: 1, delayMs: 1 } },
  );
  const abort = new AbortController();
  await against({ on: { STOR: () => abort.abort() } }, async (client) => {
    const uploading = client.upload(Buffer.from('x'), '/f', { temporaryName: true, signal: abort.signal });
    const { message } = await failure('aborted', uploading);
    assert.match(message, /is being removed, and may be left on the server as \/f\.lockport-.{12}\.tmp$/);
  });
});
