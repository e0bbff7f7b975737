import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { suite, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { ByteWriter, PacketSplitter, parseRequest, type SftpRequest, STATUS, sftpReply } from '../../protocol/index.ts';
import { loadTransport, makeHostKey } from '../../sftp/index.ts';
import type { SshChannel } from '../../sftp/ssh/transport.ts';
import { type Client, connect } from '../client.ts';
import { failure } from '../client-fixture.test.ts';
import type { ConnectOptions } from '../options.ts';
import { asStorage } from '../remote-storage/remote-storage.ts';
import { aliceBySftp } from './sftp-fixture.test.ts';

/** What a hostile server says to a request: packets, with their lengths before them. */
type Answer = (request: SftpRequest) => readonly Uint8Array[];

/** An SSH server that lets everybody in, and answers requests of SFTP as a test has it. */
async function startServer(answer: Answer, first: Uint8Array = sftpReply.version([])) {
  const transport = (await loadTransport())({
    hostKeys: [await makeHostKey('ed25519')],
    nextHostKeys: [],
    profile: 'modern',
    limits: limitsWith({}),
  });
  const speak = async (channel: SshChannel): Promise<void> => {
    const splitter = new PacketSplitter(1 << 20);
    let hasBegun = false;
    for await (const chunk of channel.incoming) {
      for (const packet of splitter.push(chunk)) {
        const replies = hasBegun ? answerTo(parseRequest(packet), answer) : [first];
        hasBegun = true;
        for (const reply of replies) await channel.write(reply);
      }
    }
  };
  const tcp = createServer({ allowHalfOpen: true }, (socket) => {
    transport.accept(socket, {
      secured: () => undefined,
      signIn: async () => 'accepted',
      opened: (channel) => speak(channel).catch(() => undefined),
    });
  });
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  return {
    port: (tcp.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      tcp.close();
      await once(tcp, 'close');
    },
  };
}

function answerTo(request: SftpRequest, answer: Answer): readonly Uint8Array[] {
  if (request.kind === 'realpath') return [sftpReply.names(request.id, [{ name: '/home', line: '', attributes: {} }])];
  return answer(request);
}

const HANDLE: Answer = ({ id, kind }) => {
  if (kind === 'open' || kind === 'opendir') return [sftpReply.handle(id, 'h')];
  if (kind === 'fstat') return [sftpReply.attributes(id, { size: 10 })];
  if (kind === 'lstat') return [sftpReply.status(id, 'no-such-file', '')];
  return [sftpReply.status(id, 'ok', '')];
};

function data(id: number, bytes: number): Uint8Array {
  return new ByteWriter().uint8(103).uint32(id).string(Buffer.alloc(bytes)).packet();
}

function listed(id: number, names: readonly string[], mode: number): Uint8Array {
  return sftpReply.names(
    id,
    names.map((name) => ({ name, line: '', attributes: { mode } })),
  );
}

const ONCE: Partial<ConnectOptions> = { retry: { attempts: 1 } };

suite('a hostile SFTP server', () => {
  for (const [what, answer] of [
    ['answers a request that was never made', ({ id }) => [sftpReply.status(id + 1000, 'ok', '')]],
    ['sends a packet that is too long', () => [new ByteWriter().uint32(0x7fff_ffff).raw(Buffer.alloc(100)).bytes()]],
    ['sends an empty packet', () => [Buffer.alloc(4)]],
    [
      'sends a reply that ends within a field',
      ({ id }) => [new ByteWriter().uint8(102).uint32(id).uint32(99).packet()],
    ],
    ['gives a handle that is too long', ({ id }) => [sftpReply.handle(id, 'h'.repeat(300))]],
    [
      'claims more names than it sends',
      ({ id }) => [
        new ByteWriter()
          .uint8(104)
          .uint32(id)
          .uint32(2 ** 31)
          .packet(),
      ],
    ],
  ] as const satisfies readonly (readonly [string, Answer])[]) {
    test(`that ${what} loses the connection`, async () => {
      await using server = await startServer(answer);
      await using client = await connect(aliceBySftp(server, ONCE));
      await failure('protocol', client.readBuffer('file'));
    });
  }

  test('that sends more bytes than it was asked for loses the connection', async () => {
    await using server = await startServer((request) =>
      request.kind === 'read' ? [data(request.id, request.length + 1)] : HANDLE(request),
    );
    await using client = await connect(aliceBySftp(server, ONCE));
    await failure('protocol', client.readBuffer('file'));
  });

  test('that gives no bytes and no end does not keep the client asking for ever', async () => {
    await using server = await startServer((request) =>
      request.kind === 'read' ? [data(request.id, 0)] : HANDLE(request),
    );
    await using client = await connect(aliceBySftp(server, ONCE));
    await failure('protocol', client.readBuffer('file'));
  });

  test('that gives few bytes at a time is asked for the others, and the file is whole', async () => {
    const content = Buffer.from('0123456789');
    await using server = await startServer((request) => {
      if (request.kind !== 'read') return HANDLE(request);
      const part = content.subarray(request.offset, request.offset + Math.min(3, request.length));
      if (part.length === 0) return [sftpReply.status(request.id, 'end-of-file', '')];
      return [new ByteWriter().uint8(103).uint32(request.id).string(part).packet()];
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    assert.equal((await client.readBuffer('file')).toString(), content.toString());
  });

  test('that ends a file before its size is caught', async () => {
    await using server = await startServer((request) =>
      request.kind === 'read' ? [sftpReply.status(request.id, 'end-of-file', '')] : HANDLE(request),
    );
    await using client = await connect(aliceBySftp(server, ONCE));
    await failure('wrong-size', client.readBuffer('file'));
  });

  test('that lists names which lead elsewhere gives no entries of them, and its listing counts as incomplete', async () => {
    const names = ['..', '.', '../up', '/etc/passwd', 'a/b', 'nul\0', 'good', ''];
    let isTold = false;
    await using server = await startServer((request) => {
      if (request.kind !== 'readdir') return HANDLE(request);
      if (isTold) return [sftpReply.status(request.id, 'end-of-file', '')];
      isTold = true;
      return [
        sftpReply.names(
          request.id,
          names.map((name) => ({ name, line: '', attributes: { mode: 0o100644 } })),
        ),
      ];
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    const found: string[] = [];
    const listed = (async () => {
      for await (const { name } of client.list('.')) found.push(name);
    })();
    await failure('incomplete-listing', listed);
    assert.deepEqual(found, ['good']);
  });

  test('that lists without an end is stopped at the limit', async () => {
    await using server = await startServer((request) => {
      if (request.kind !== 'readdir') return HANDLE(request);
      const entries = Array.from({ length: 100 }, (_, number) => ({ name: `f${number}`, line: '', attributes: {} }));
      return [sftpReply.names(request.id, entries)];
    });
    await using client = await connect(aliceBySftp(server, { ...ONCE, limits: { maxListingEntries: 1000 } }));
    await failure('limit', Array.fromAsync(client.list('.')));
  });

  for (const [what, names] of [
    ['nothing', []],
    ['nothing but itself', ['.', '..']],
  ] as const) {
    test(`that lists ${what} again and again is not asked for ever`, async () => {
      await using server = await startServer((request) =>
        request.kind === 'readdir' ? [listed(request.id, names, 0o040755)] : HANDLE(request),
      );
      await using client = await connect(aliceBySftp(server, ONCE));
      await failure('protocol', Array.fromAsync(client.list('.')));
    });
  }

  test('that tells the end of a directory before its last entries loses none of them', async () => {
    let asked = 0;
    await using server = await startServer((request) => {
      if (request.kind !== 'readdir') return HANDLE(request);
      asked += 1;
      if (asked === 2) return [listed(request.id, ['last'], 0o100644)];
      return [sftpReply.status(request.id, asked === 1 ? 'end-of-file' : 'failure', '')];
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    assert.deepEqual(
      (await Array.fromAsync(client.list('.'))).map(({ name }) => name),
      ['last'],
    );
  });

  test('whose links lead far has no more of them in memory than are read', async () => {
    const names = Array.from({ length: 500 }, (_, number) => `l${number}`);
    let [isTold, links] = [false, 0];
    await using server = await startServer((request) => {
      if (request.kind === 'readlink') {
        links += 1;
        return [sftpReply.names(request.id, [{ name: 'x'.repeat(100_000), line: '', attributes: {} }])];
      }
      if (request.kind !== 'readdir') return HANDLE(request);
      if (isTold) return [sftpReply.status(request.id, 'end-of-file', '')];
      isTold = true;
      return [listed(request.id, names, 0o120777)];
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    for await (const { target } of client.list('.')) {
      assert.equal(target?.length, 100_000);
      break;
    }
    assert.ok(links < names.length / 2, String(links));
  });

  test('that says nothing is not waited for for ever', async () => {
    await using server = await startServer(() => []);
    await using client = await connect(aliceBySftp(server, { ...ONCE, limits: { replyMs: 50 } }));
    await failure('timeout', client.stat('file'));
  });

  test('that is silent is not waited for the longer the more it is asked', async () => {
    await using server = await startServer(() => []);
    await using client = await connect(aliceBySftp(server, { ...ONCE, limits: { replyMs: 200 } }));
    const first = failure('timeout', client.stat('first'));
    const over = new AbortController();
    const others = (async () => {
      while (!over.signal.aborted) {
        const stop = new AbortController();
        setImmediate(() => stop.abort());
        await client.stat('other', { signal: stop.signal }).catch(() => undefined);
      }
    })();
    await first;
    over.abort();
    await others;
  });

  test('that answers all but one request is not waited for for ever', async () => {
    await using server = await startServer((request) => {
      if (request.kind === 'readlink') return [];
      if (request.kind !== 'lstat') return HANDLE(request);
      return [sftpReply.attributes(request.id, { mode: 0o120777 })];
    });
    await using client = await connect(aliceBySftp(server, { ...ONCE, limits: { finalReplyMs: 50 } }));
    const starved = failure('timeout', client.stat('link'));
    const over = new AbortController();
    const others = (async () => {
      while (!over.signal.aborted) await client.setMode('other', 0o600).catch(() => undefined);
    })();
    await starved;
    over.abort();
    await others;
  });

  for (const [extension, ask] of [
    ['statvfs@openssh.com', (client) => asStorage(client).space?.(client.resolve('.'))],
    ['check-file', (client) => client.digest('file')],
  ] as const satisfies readonly (readonly [string, (client: Client) => Promise<unknown> | undefined])[]) {
    test(`that answers ${extension} with too few fields is told from what is wrong on our side`, async () => {
      const announced = sftpReply.version([[extension, '2']]);
      await using server = await startServer(
        ({ id }) => [new ByteWriter().uint8(201).uint32(id).uint8(0).packet()],
        announced,
      );
      await using client = await connect(aliceBySftp(server, ONCE));
      await assert.rejects(async () => ask(client), /too few fields/);
    });
  }

  test('that says too little of its limits is no server to work with', async () => {
    const announced = sftpReply.version([['limits@openssh.com', '1']]);
    await using server = await startServer(({ id }) => [new ByteWriter().uint8(201).uint32(id).packet()], announced);
    await failure('protocol', connect(aliceBySftp(server, ONCE)));
  });

  test('that speaks another version is refused', async () => {
    const version = new ByteWriter().uint8(2).uint32(6).packet();
    await using server = await startServer(() => [], version);
    await failure('protocol', connect(aliceBySftp(server, ONCE)));
  });

  test('whose status is a refusal is told in its words, and nothing in them drives a terminal', async () => {
    await using server = await startServer(({ id }) => [sftpReply.status(id, 'permission-denied', 'No\u001b[2J way')]);
    await using client = await connect(aliceBySftp(server, ONCE));
    const { message, status } = await failure('refused', client.stat('file'));
    assert.ok(message.startsWith('No?[2J way'), message);
    assert.equal(status?.code, STATUS['permission-denied']);
  });
});

test('a client that is given up while the server is silent behind the login does not wait for it', async () => {
  await using server = await startServer(() => [], Buffer.alloc(0));
  const stop = new AbortController();
  const log = ({ event }: { event: string }): void => {
    if (event === 'secured') setImmediate(() => stop.abort());
  };
  await failure('aborted', connect(aliceBySftp(server, { ...ONCE, log, signal: stop.signal })));
});

suite('an upload over SFTP', () => {
  /** A server that shows files while they are written, and what it was asked. */
  async function startShowing() {
    const asked: string[] = [];
    const server = await startServer((request) => {
      if (request.kind === 'open' || request.kind === 'remove') asked.push(`${request.kind} ${request.path}`);
      if (request.kind === 'rename') asked.push(`rename ${request.from} ${request.to}`);
      return request.kind === 'stat' ? [sftpReply.attributes(request.id, { size: 3 })] : HANDLE(request);
    });
    return { asked, ...server };
  }

  test('is seen under its name when it is whole, and not before', async () => {
    await using server = await startShowing();
    await using client = await connect(aliceBySftp(server, ONCE));
    await client.upload(Buffer.from('abc'), 'target');
    assert.match(server.asked.join('\n'), /^open (\S+\.tmp)\nrename \1 \/home\/target$/);
  });

  test('that fails leaves nothing under its name', async () => {
    await using server = await startShowing();
    await using client = await connect(aliceBySftp(server, ONCE));
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('ab');
      throw new Error('no more');
    }
    await failure('local', client.upload(broken(), 'target'));
    assert.match(server.asked.join('\n'), /^open (\S+\.tmp)\nremove \1$/);
  });

  test('that is added to a file whose size the server does not tell is not written over its beginning', async () => {
    const written: number[] = [];
    await using server = await startServer((request) => {
      if (request.kind === 'write') written.push(request.offset);
      if (request.kind === 'fstat') return [sftpReply.attributes(request.id, {})];
      return request.kind === 'stat' ? [sftpReply.attributes(request.id, { size: 3 })] : HANDLE(request);
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    await failure('unsupported', client.append(Buffer.from('abc'), 'target'));
    assert.deepEqual(written, []);
  });

  test('that goes on behind more bytes than are there is refused, for it would be a hole', async () => {
    const asked: string[] = [];
    await using server = await startServer((request) => {
      asked.push(request.kind);
      return HANDLE(request);
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    const write = asStorage(client).write(client.resolve('target'), { at: 11 });
    await assert.rejects(write, { name: 'StorageError', code: 'bad-offset' });
    assert.ok(!asked.includes('write'));
  });

  test('through links without an end is refused', async () => {
    await using server = await startServer((request) => {
      if (request.kind === 'lstat') return [sftpReply.attributes(request.id, { mode: 0o120777 })];
      if (request.kind !== 'readlink') return HANDLE(request);
      return [sftpReply.names(request.id, [{ name: 'target', line: '', attributes: {} }])];
    });
    await using client = await connect(aliceBySftp(server, ONCE));
    const { message } = await failure('refused', client.upload(Buffer.from('abc'), 'target'));
    assert.match(message, /more than 40 links/);
  });

  for (const [status, isStored] of [
    ['failure', false],
    ['unsupported', true],
  ] as const) {
    test(`counts as ${isStored ? '' : 'not '}stored where the server answers fsync by ${status}`, async () => {
      const announced = sftpReply.version([['fsync@openssh.com', '1']]);
      await using server = await startServer((request) => {
        if (request.kind === 'fsync@openssh.com') return [sftpReply.status(request.id, status, '')];
        return request.kind === 'stat' ? [sftpReply.attributes(request.id, { size: 3 })] : HANDLE(request);
      }, announced);
      await using client = await connect(aliceBySftp(server, ONCE));
      const uploaded = client.upload(Buffer.from('abc'), 'target');
      if (isStored) assert.equal((await uploaded).bytes, 3);
      else await failure('refused', uploaded);
    });
  }
});
