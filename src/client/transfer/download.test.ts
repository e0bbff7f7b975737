import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readlink, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import test from 'node:test';
import { startHostileServer } from '../../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { connect } from '../client.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { against, cutDownloads, LARGE, Scratch } from './transfer-fixture.test.ts';
import type { Progress } from './transfer-options.ts';

const WAYS = (['explicit', 'implicit'] as const).flatMap((security) =>
  (['TLSv1.2', 'TLSv1.3'] as const).map((version) => ({ security, version })),
);

for (const { security, version } of WAYS) {
  test(`a file comes into every kind of sink: ${security}, ${version}`, async () => {
    await using server = await ownServer();
    await using scratch = await Scratch.make();
    const port = security === 'implicit' ? server.implicitPort : server.explicitPort;
    const tls = { ca: server.certificate, minVersion: version, maxVersion: version };
    await using client = await connect({ ...alice(server), security, port, tls, sessionReuse: 'require' });
    for (const content of [Buffer.alloc(0), Buffer.from('x'), LARGE.subarray(0, 300_001), LARGE]) {
      await writeFile(join(server.root, 'f'), content);

      const result = await client.download('f', scratch.at('f'));
      assert.equal(result.bytes, content.length);
      assert.equal(result.verified, 'size');
      assert.ok(content.equals(await readFile(scratch.at('f'))));

      const node = new Memory();
      await client.download('f', node);
      assert.ok(content.equals(node.bytes));
      assert.ok(node.writableFinished);

      const web = webSink();
      await client.download('f', web.stream);
      assert.ok(content.equals(Buffer.concat(web.chunks)));
      assert.ok(web.isClosed());

      assert.ok(content.equals(await client.readBuffer('f')));
      assert.ok(content.equals(await buffer(await client.read('f'))));
    }
    assert.deepEqual(await scratch.names(), ['f']);
  });
}

test('a part of a file is read up to its end, and the connection goes on', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  await writeFile(join(server.root, 'f'), LARGE);
  for (const [start, end] of [
    [0, 1],
    [5, 70_000],
    [9_999_999, 10_000_000],
    [9_000_000, 20_000_000],
  ] as const) {
    const expected = LARGE.subarray(start, end);
    assert.ok(expected.equals(await client.readBuffer('f', { start, end })));
    assert.ok(expected.equals(await buffer(await client.read('f', { start, end }))));
  }
  assert.equal((await client.readBuffer('f', { start: 10_000_000 })).length, 0);
  await failure('invalid-argument', client.readBuffer('f', { start: 10_000_001 }));
  await failure('invalid-argument', client.readBuffer('f', { start: 2, end: 1 }));
  assert.equal(server.events.filter(({ event }) => event === 'session.opened').length, 1);
});

test('a file that is larger than memory may hold is refused before it comes, and while it comes', async () => {
  const files = { '/f': 'x'.repeat(100_000) };
  const limits = { maxBufferBytes: 99_999 };
  await against(
    { files },
    async (client, { server }) => {
      await failure('limit', client.readBuffer('/f'));
      assert.ok(!server.heard.some(({ verb }) => verb === 'RETR'));
      assert.equal((await client.readBuffer('/f', { start: 1 })).length, 99_999);
    },
    { limits },
  );
  const SIZE = (session: { reply(line: string): void }): void => session.reply('550 Not here');
  await against(
    { files, on: { SIZE } },
    async (client) => {
      await failure('limit', client.readBuffer('/f'));
      assert.equal((await client.readBuffer('/f', { end: 5 })).length, 5);
    },
    { limits },
  );
});

test('what a missing file would have been read into is told, and nothing is left', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  await failure('not-found', client.read('missing'));
  await failure('not-found', client.readBuffer('missing'));
  await failure('not-found', client.download('missing', scratch.at('f')));
  await failure('not-found', client.download('missing', scratch.at('f'), { resume: true }));
  const sink = new Memory();
  await failure('not-found', client.download('missing', sink));
  assert.ok(sink.destroyed && !sink.writableFinished);
  const web = webSink();
  await failure('not-found', client.download('missing', web.stream));
  assert.ok(web.reason() instanceof Error);
  assert.deepEqual(await scratch.names(), []);
});

test('a link at the name is replaced and not followed; a directory or a device is left alone', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  await writeFile(join(server.root, 'f'), 'new');
  await writeFile(scratch.at('target'), 'old');
  await symlink('target', scratch.at('link'));
  await client.download('f', scratch.at('link'));
  assert.equal(await readFile(scratch.at('target'), 'utf8'), 'old');
  assert.equal(await readFile(scratch.at('link'), 'utf8'), 'new');
  await assert.rejects(readlink(scratch.at('link')));

  await mkdir(scratch.at('directory'));
  await failure('local', client.download('f', scratch.at('directory')));
  await failure('local', client.download('f', '/dev/null'));
  await failure('local', client.download('f', scratch.at('missing/f')));
  assert.deepEqual(await scratch.names(), ['directory', 'link', 'target']);
  assert.equal((await client.readBuffer('f')).length, 3);
});

test('what stands under the name stays until the new file is whole', async () => {
  const RETR = async (session: Parameters<typeof cut>[0]): Promise<void> => cut(session, 'half');
  await against({ files: { '/f': 'whole file' }, on: { RETR } }, async (client, { scratch }) => {
    await writeFile(scratch.at('f'), 'old');
    const error = await failure('truncated', client.download('/f', scratch.at('f')));
    assert.equal(error.reply?.code, 226);
    assert.equal(await readFile(scratch.at('f'), 'utf8'), 'old');
    assert.deepEqual(await scratch.names(), ['f']);
  });
});

test('fewer or more bytes than SIZE told are no whole file', async () => {
  for (const told of [9, 11]) {
    const SIZE = (session: { reply(line: string): void }): void => session.reply(`213 ${told}`);
    await against(
      { files: { '/f': '0123456789' }, on: { SIZE } },
      async (client, { scratch }) => {
        await failure('wrong-size', client.download('/f', scratch.at('f')));
        await failure('wrong-size', client.readBuffer('/f'));
        await failure('wrong-size', client.download('/f', new Memory()));
        assert.deepEqual(await scratch.names(), []);
      },
      { retry: { attempts: 1 } },
    );
  }
});

test('in clear text a cut stream is told by its size', async () => {
  const RETR = async (session: Parameters<typeof cut>[0]): Promise<void> => cut(session, '01234');
  await against(
    { files: { '/f': '0123456789' }, on: { RETR } },
    async (client) => {
      await failure('wrong-size', client.readBuffer('/f'));
    },
    { security: 'clear', allowClear: true, retry: { attempts: 1 } },
  );
});

test('in clear text what was cut goes on, too', async () => {
  const files = { '/f': LARGE };
  await against(
    { files, on: { RETR: cutDownloads(1, 5_000_000) } },
    async (client, { server }) => {
      assert.ok(LARGE.equals(await client.readBuffer('/f')));
      assert.ok(server.heard.some(({ line }) => line === 'REST 5000000'));
    },
    { security: 'clear', allowClear: true },
  );
});

test('a checksum that differs is an error, and the file does not appear', async () => {
  const digest = createHash('sha256').update('other').digest('hex');
  const on = {
    FEAT: (session: { reply(line: string): void }): void =>
      session.reply('211-\r\n SIZE\r\n HASH SHA-256*;\r\n211 End'),
    HASH: (session: { reply(line: string): void }): void => session.reply(`213 SHA-256 0-5 ${digest} f`),
  };
  await against({ files: { '/f': 'bytes', '/g': 'other' }, on }, async (client, { scratch }) => {
    await failure('wrong-checksum', client.download('/f', scratch.at('f'), { checksum: 'prefer' }));
    assert.deepEqual(await scratch.names(), []);
    const sink = new Memory();
    await failure('wrong-checksum', client.download('/f', sink, { checksum: 'prefer' }));
    assert.ok(sink.destroyed && !sink.writableFinished);
    const { verified } = await client.download('/g', scratch.at('g'), { checksum: 'require' });
    assert.equal(verified, 'SHA-256');
  });
});

test('a checksum is required where a server has none: nothing is fetched; preferred: the size does', async () => {
  await against({ files: { '/f': 'bytes' } }, async (client, { server, scratch }) => {
    await failure('unsupported', client.download('/f', scratch.at('f'), { checksum: 'require' }));
    assert.ok(!server.heard.some(({ verb }) => verb === 'RETR'));
    assert.equal((await client.download('/f', scratch.at('f'), { checksum: 'prefer' })).verified, 'size');
  });
});

test('the checksum of our own server is compared for every sink', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server, { connections: 3 }));
  await writeFile(join(server.root, 'f'), LARGE);
  const checksum = 'require';
  assert.equal((await client.download('f', scratch.at('f'), { checksum })).verified, 'SHA-512');
  assert.equal((await client.download('f', scratch.at('g'), { checksum, segments: 3 })).verified, 'SHA-512');
  assert.equal((await client.download('f', scratch.at('h'), { checksum, offset: 4_000_000 })).verified, 'SHA-512');
  assert.equal((await client.download('f', new Memory(), { checksum, offset: 9_999_999 })).verified, 'SHA-512');
  assert.ok(LARGE.subarray(4_000_000).equals(await readFile(scratch.at('h'))));
});

test('text comes with line ends of ours', async () => {
  await using server = await ownServer();
  await using client = await connect(alice(server));
  await writeFile(join(server.root, 'f'), 'one\ntwo\n');
  const sink = new Memory();
  const { verified } = await client.download('f', sink, { type: 'text' });
  assert.equal(sink.bytes.toString(), 'one\ntwo\n');
  assert.equal(verified, 'nothing');
  assert.equal((await client.readBuffer('f')).toString(), 'one\ntwo\n');
});

test('progress ends with all bytes, and knows the total', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server, { connections: 2 }));
  await writeFile(join(server.root, 'f'), LARGE);
  for (const segments of [1, 2]) {
    const told: Progress[] = [];
    const offset = 1_000_000;
    const onProgress = (progress: Progress): unknown => told.push(progress);
    await client.download('f', scratch.at('f'), { offset, segments, onProgress, maxBytesPerSecond: 30_000_000 });
    const expected = { direction: 'download', path: '/f', offset, total: LARGE.length };
    assert.deepEqual(told.at(-1), { ...expected, bytes: LARGE.length - offset });
    assert.ok(told.length > 1);
    assert.deepEqual(
      told,
      [...told].sort((one, other) => one.bytes - other.bytes),
    );
  }
});

test('the time of the remote file is kept where that is asked for', async () => {
  await using server = await ownServer();
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  const modified = new Date('2020-02-29T12:00:00Z');
  await writeFile(join(server.root, 'f'), 'x');
  await utimes(join(server.root, 'f'), modified, modified);
  await client.download('f', scratch.at('f'), { keepTime: true });
  assert.deepEqual((await stat(scratch.at('f'))).mtime, modified);
});

test('options that make no sense together are refused, and nothing is sent', async () => {
  await against({ files: { '/f': 'x' } }, async (client, { server, scratch }) => {
    const before = server.heard.length;
    const path = scratch.at('f');
    await failure('invalid-argument', client.download('/f', path, { offset: 1, resume: true }));
    await failure('invalid-argument', client.download('/f', path, { offset: -1 }));
    await failure('invalid-argument', client.download('/f', path, { type: 'text', offset: 1 }));
    await failure('invalid-argument', client.download('/f', path, { maxBytesPerSecond: 0 }));
    await failure('invalid-argument', client.download('/f', path, { segments: 1.5 }));
    await failure('invalid-argument', client.download('/f', new Memory(), { resume: true }));
    await failure('invalid-argument', client.download('/f', new Memory(), { segments: 2 }));
    assert.equal(server.heard.length, before);
  });
});

test('a download that waits for others asks for its file when it fetches it, on the same connection', async () => {
  const files = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`/${index}`, `file ${index}`]));
  await using server = await startHostileServer({ files });
  await using scratch = await Scratch.make();
  await using client = await connect(alice(server));
  await Promise.all(Object.keys(files).map((path, index) => client.download(path, scratch.at(`${index}`))));
  const heard = server.heard.filter(({ verb }) => ['SIZE', 'EPSV', 'RETR'].includes(verb)).map(({ line }) => line);
  // Which of them comes first is left to the threads that look at what is there already.
  const order = heard.filter((line) => line.startsWith('SIZE')).map((line) => line.slice('SIZE '.length));
  assert.deepEqual(order.toSorted(), Object.keys(files));
  assert.deepEqual(
    heard,
    order.flatMap((path) => [`SIZE ${path}`, 'EPSV', `RETR ${path}`]),
  );
});

async function cut(
  session: { reply(line: string): void; openData(): Promise<{ finish(bytes: string, ending: 'cut'): Promise<void> }> },
  bytes: string,
): Promise<void> {
  session.reply('150 Sending');
  await (await session.openData()).finish(bytes, 'cut');
  session.reply('226 Sent');
}

/** A sink that keeps what it gets. */
class Memory extends Writable {
  readonly #chunks: Uint8Array[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _write(chunk: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    setImmediate(done);
  }
}

function webSink(): {
  readonly stream: WritableStream<Uint8Array>;
  readonly chunks: Uint8Array[];
  readonly isClosed: () => boolean;
  readonly reason: () => unknown;
} {
  const chunks: Uint8Array[] = [];
  let isClosed = false;
  let reason: unknown;
  const stream = new WritableStream<Uint8Array>({
    write: async (chunk) => void chunks.push(chunk),
    close: () => {
      isClosed = true;
    },
    abort: (given) => {
      reason = given;
    },
  });
  return { stream, chunks, isClosed: () => isClosed, reason: () => reason };
}

for (const ending of ['cut', 'cut-in-record'] as const) {
  test(`data that end without close_notify are taken where that was said, compared by size and reply: ${ending}`, async () => {
    const files = { '/f': 'text', '/d/g': 'x' };
    await against({ files, data: { ending } }, async (client) => {
      const error = await failure('truncated', client.readBuffer('/f'));
      assert.match(error.message, /endOfStream: 'lenient' \(--end-of-stream lenient\)/);
    });
    const lenient = { endOfStream: 'lenient', retry: { attempts: 1 } } as const;
    if (ending === 'cut') {
      await against(
        { files, data: { ending } },
        async (client, { scratch }) => {
          assert.equal((await client.download('/f', scratch.at('f'))).verified, 'size');
          assert.equal(await readFile(scratch.at('f'), 'utf8'), 'text');
          assert.deepEqual(
            (await Array.fromAsync(client.list('/d'))).map(({ name }) => name),
            ['g'],
          );
        },
        lenient,
      );
    }
    const shorter = { RETR: cutDownloads(1, 2) };
    await against(
      { files, on: shorter },
      async (client, { scratch }) => {
        await failure('wrong-size', client.download('/f', scratch.at('f')));
        assert.deepEqual(await scratch.names(), []);
      },
      lenient,
    );
    const refused = {
      RETR: async (session: HostileSession): Promise<void> => {
        session.reply('150 Sending');
        await (await session.openData()).finish('text', 'cut');
        session.reply('451 No more');
      },
    };
    await against(
      { files, on: refused },
      (client) => failure('refused', client.readBuffer('/f')).then(() => undefined),
      lenient,
    );
  });
}

test('a server that sends more than the file has is left, and the disk is not filled', async () => {
  const RETR = async (session: HostileSession): Promise<void> => {
    session.reply('150 Sending');
    const data = await session.openData();
    await data.writeEndlessly('x'.repeat(65_536));
    session.reply('226 Sent');
  };
  await against({ files: { '/f': 'x'.repeat(1_000_000) }, on: { RETR } }, async (client, { scratch }) => {
    let most = 0;
    const onProgress = ({ bytes }: Progress): void => {
      most = Math.max(most, bytes);
    };
    const error = await failure('wrong-size', client.download('/f', scratch.at('f'), { onProgress }));
    assert.deepEqual([error.retryable, most <= 1_000_000, await scratch.names()], [false, true, []]);
    await failure('wrong-size', client.readBuffer('/f'));
    await failure('wrong-size', client.download('/f', new Memory()));
  });
});
