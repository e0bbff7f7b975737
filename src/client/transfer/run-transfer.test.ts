import assert from 'node:assert/strict';
import { Readable, Writable } from 'node:stream';
import { test } from 'node:test';
import {
  type HostileServer,
  type HostileServerOptions,
  type Step,
  startDecoy,
  startHostileServer,
} from '../../../test/hostile/hostile-server.ts';
import type { HostileSession } from '../../../test/hostile/hostile-session.ts';
import { type TestServer, testCertificate } from '../../testing/index.ts';
import { type DataConnection, type Dial, directDial } from '../../transport/index.ts';
import { alice, failure, ownServer } from '../client-fixture.test.ts';
import { ClientError } from '../errors.ts';
import { type FtpPool, ftpPool } from '../ftp/ftp-session.ts';
import type { ConnectOptions } from '../options.ts';
import { settingsOf } from '../settings.ts';
import { throwUnlessWhole } from './data-ending.ts';
import { runTransfer } from './run-transfer.ts';
import type { TransferPlan } from './transfer-plan.ts';

const MEGABYTE = Buffer.alloc(1_000_000, 'm');

/** One client with one connection, and transfers in the plainest form. */
class Transfers implements AsyncDisposable {
  readonly pool: FtpPool;
  #received: Buffer[] = [];

  constructor(server: TestServer | HostileServer, options: Partial<ConnectOptions> = {}) {
    this.pool = ftpPool(settingsOf(alice(server, options)));
  }

  async fetch(path: string, plan: Partial<TransferPlan> = {}): Promise<string> {
    this.#received = [];
    await this.#run({
      verb: 'RETR',
      argument: path,
      direction: 'download',
      type: 'binary',
      move: async (data, signal) => {
        const sink = new Writable({
          write: (chunk: Buffer, _encoding, done) => {
            this.#received.push(chunk);
            done();
          },
        });
        const { ending } = await data.receive(sink, { signal });
        if (ending !== 'clean') throw new ClientError('truncated', `The stream was ${ending}`, { phase: 'transfer' });
      },
      ...plan,
    });
    return Buffer.concat(this.#received).toString();
  }

  async store(path: string, bytes: Buffer, plan: Partial<TransferPlan> = {}): Promise<void> {
    await this.#run({
      verb: 'STOR',
      argument: path,
      direction: 'upload',
      type: 'binary',
      move: async (data, signal, { onSent }) => {
        await data.send(Readable.from([bytes]), { signal, onSent });
      },
      ...plan,
    });
  }

  async noop(): Promise<number> {
    return this.pool.use(undefined, async ({ connection }) => (await connection.request('NOOP')).code);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.close();
  }

  async #run(plan: TransferPlan): Promise<void> {
    await this.pool.use(plan.signal, ({ connection }) => runTransfer(connection, plan));
  }
}

/** Starts a hostile server with one file and a client for it. */
async function against(
  options: HostileServerOptions,
  work: (transfers: Transfers, server: HostileServer) => Promise<void>,
  more: Partial<ConnectOptions> = {},
): Promise<void> {
  await using server = await startHostileServer({ files: { '/f': MEGABYTE }, ...options });
  await using transfers = new Transfers(server, more);
  await work(transfers, server);
}

for (const dataMode of ['passive', 'active'] as const) {
  test(`bytes go up and come down in ${dataMode} mode, over TLS of the same session`, async () => {
    await using server = await ownServer({ active: true });
    const resumed: unknown[] = [];
    await using transfers = new Transfers(server, {
      dataMode,
      sessionReuse: 'require',
      log: (entry) => entry.event === 'data' && resumed.push(entry.resumed),
    });
    for (const content of ['', 'x', 'y'.repeat(300_000)]) {
      await transfers.store('/f', Buffer.from(content));
      assert.equal(await transfers.fetch('/f'), content);
    }
    assert.deepEqual(resumed, [true, true, true, true, true, true]);
  });
}

test('an offset is sent right before the command', async () => {
  await against({ files: { '/f': '0123456789' } }, async (transfers, server) => {
    assert.equal(await transfers.fetch('/f', { offset: 7 }), '789');
    const verbs = server.heard.map(({ verb }) => verb);
    assert.deepEqual(verbs.slice(-2), ['REST', 'RETR']);
  });
});

for (const { verb, quirk } of [
  { verb: 'EPSV', quirk: {} },
  { verb: 'PASV', quirk: { EPSV: (session: HostileSession) => session.reply('500 What') } },
] as const) {
  test(`a port that the server could not have (425 to ${verb}) is asked for again, and so often and no more`, async () => {
    let refusals = 2;
    const on: HostileServerOptions['on'] = {
      ...quirk,
      [verb](session: HostileSession) {
        if (refusals === 0) return session.byDefault(verb);
        refusals -= 1;
        return session.reply('425 Unable to identify the local data socket: Address already in use');
      },
    };
    await against({ files: { '/f': 'x' }, on }, async (transfers, server) => {
      const asked = (): number => server.heard.filter((command) => command.verb === verb).length;
      assert.equal(await transfers.fetch('/f'), 'x');
      assert.equal(asked(), 3);
      refusals = 3;
      const { retryable } = await failure('data-connection', transfers.fetch('/f'));
      assert.deepEqual({ retryable, asked: asked() }, { retryable: true, asked: 6 });
      assert.equal(await transfers.noop(), 200);
      assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
    });
  });
}

test('a server without EPSV is asked by PASV, and not asked for EPSV again', async () => {
  await against(
    { files: { '/f': 'x' }, on: { EPSV: (session) => session.reply('500 What') } },
    async (transfers, server) => {
      assert.equal(await transfers.fetch('/f'), 'x');
      assert.equal(await transfers.fetch('/f'), 'x');
      assert.equal(server.heard.filter(({ verb }) => verb === 'EPSV').length, 1);
    },
  );
});

test('the address in the reply to PASV is not where the client connects to', async () => {
  await using decoy = await startDecoy('127.0.0.2');
  await against(
    {
      files: { '/f': 'x' },
      on: {
        EPSV: (session) => session.reply('500 What'),
        PASV: async (session) => {
          const port = await session.listen();
          session.reply(`227 Here (127,0,0,2,${port >> 8},${port & 255})`);
        },
      },
    },
    async (transfers) => {
      assert.equal(await transfers.fetch('/f'), 'x');
      assert.equal(decoy.connections(), 0);
    },
  );
});

test('a server that omits the 150 is accepted', async () => {
  await against(
    {
      on: {
        RETR: async (session) => {
          await (await session.openData()).finish('short');
          session.reply('226 Sent');
        },
      },
    },
    async (transfers) => assert.equal(await transfers.fetch('/f'), 'short'),
  );
});

for (const dataProtection of ['private', 'clear'] as const) {
  test(`a 226 alone ends the transfer where a port was accepted and nothing comes (${dataProtection})`, async () => {
    const RETR: Step = (session) => session.reply('226 Transfer complete');
    await against(
      { on: { RETR, LIST: RETR } },
      async (transfers) => {
        const error = await failure('truncated', transfers.fetch('/f'));
        assert.match(error.message, /sent nothing and said: 226 Transfer complete/);
        assert.equal(await transfers.noop(), 200);
        assert.equal(await transfers.fetch('', { verb: 'LIST', direction: 'listing' }), '');
        assert.equal(await transfers.noop(), 200);
      },
      { dataProtection, allowClear: true, limits: { abortMs: 100, stallMs: 600_000, tlsHandshakeMs: 600_000 } },
    );
  });
}

test('a 226 that comes before the bytes does not end the transfer', async () => {
  await against(
    {
      on: {
        RETR: async (session) => {
          session.send('150 Now\r\n226 Done already\r\n');
          const data = await session.openData();
          await data.finish(MEGABYTE);
        },
      },
    },
    async (transfers) => {
      assert.equal((await transfers.fetch('/f')).length, MEGABYTE.length);
      assert.equal(await transfers.noop(), 200);
    },
  );
});

for (const ending of ['cut', 'cut-in-record', 'reset'] as const) {
  test(`a stream that was ${ending} is an error although the server says 226`, async () => {
    await against({ data: { ending } }, async (transfers, server) => {
      const error = await failure('truncated', transfers.fetch('/f'));
      assert.equal(error.phase, 'transfer');
      assert.equal(await transfers.noop(), 200);
      assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1, 'the connection lived on');
    });
  });
}

test('a refusal is an error with its reply, and the connection lives on', async () => {
  await against({}, async (transfers, server) => {
    const error = await failure('not-found', transfers.fetch('/none'));
    assert.deepEqual([error.reply?.code, error.command, error.retryable], [550, 'RETR /none', false]);
    assert.equal(await transfers.noop(), 200);
    assert.equal(server.connections, 1);
  });
});

test('a refusal in the middle of an upload tells more than that the connection broke', async () => {
  await against(
    {
      on: {
        STOR: async (session) => {
          session.reply('150 Go');
          const data = await session.openData();
          session.reply('452 Disk full');
          await data.finish('', 'reset');
        },
      },
    },
    async (transfers) => {
      const error = await failure('refused', transfers.store('/g', Buffer.alloc(20_000_000)));
      assert.equal(error.reply?.code, 452);
      assert.equal(await transfers.noop(), 200);
    },
  );
});

test('what fails on our side breaks the transfer off and leaves the connection', async () => {
  await against({}, async (transfers, server) => {
    const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
    const sink = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done(full) });
    const error = await failure(
      'local',
      transfers.fetch('/f', {
        move: async (data, signal) => {
          await data.receive(sink(), { signal });
        },
      }),
    );
    assert.equal(error.cause, full);
    assert.equal(await transfers.noop(), 200);
    assert.equal((await transfers.fetch('/f')).length, MEGABYTE.length);
    assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 1);
  });
});

for (const verb of ['STOR', 'RETR', 'MLSD'] as const) {
  test(`a ${verb} that we break off as it begins is ended by the server, and the connection lives on`, async () => {
    await using server = await ownServer();
    await using transfers = new Transfers(server, { limits: { abortMs: 3000 } });
    await transfers.store('/f', MEGABYTE);
    const numbers = new Set<number>();
    for (let round = 0; round < 5; round += 1) {
      const move = (): Promise<void> => Promise.reject(new Error('no sink'));
      const argument = verb === 'MLSD' ? '' : '/f';
      await failure('local', transfers.fetch('/f', { verb, argument, move }));
      numbers.add(await transfers.pool.use(undefined, async ({ connection }) => connection.number));
    }
    assert.deepEqual([...numbers], [1]);
  });
}

test('an abort is answered at once, and the next transfer works', async () => {
  await using server = await ownServer();
  await using transfers = new Transfers(server);
  await transfers.store('/f', Buffer.alloc(5_000_000));
  const abort = new AbortController();
  const moving = Promise.withResolvers<void>();
  const work = transfers.fetch('/f', {
    signal: abort.signal,
    move: async (data, signal) => {
      // A reader that never reads: only the abort can end this.
      const sink = new Writable({ highWaterMark: 1, write: () => moving.resolve() });
      await data.receive(sink, { signal });
    },
  });
  await moving.promise;
  abort.abort(new Error('enough'));
  const error = await failure('aborted', work);
  assert.equal((error.cause as Error).message, 'enough');
  assert.equal((await transfers.fetch('/f')).length, 5_000_000);
});

test('an abort that the transfer itself passes over ends it all the same', async () => {
  const on = {
    RETR: async (session: HostileSession) => {
      session.reply('150 And no more');
      await session.openData();
    },
  };
  await against(
    { on },
    async (transfers) => {
      const abort = new AbortController();
      const move = async (): Promise<void> => abort.abort();
      await failure('aborted', transfers.fetch('/f', { signal: abort.signal, move }));
    },
    { limits: { abortMs: 100 } },
  );
});

test('an abort before anything is sent sends nothing', async () => {
  await against({}, async (transfers, server) => {
    await transfers.noop();
    const before = server.heard.length;
    await failure('aborted', transfers.fetch('/f', { signal: AbortSignal.abort() }));
    assert.equal(server.heard.length, before);
  });
});

test('a server that never ends an aborted transfer is left, and the next call has a new connection', async () => {
  const begun = Promise.withResolvers<void>();
  await against(
    {
      on: {
        RETR: async (session, path) => {
          if (path === '/f') return session.byDefault('RETR', path);
          session.reply('150 Any moment');
          begun.resolve();
        },
      },
    },
    async (transfers, server) => {
      const abort = new AbortController();
      const work = transfers.fetch('/never', { signal: abort.signal });
      await begun.promise;
      abort.abort();
      await failure('aborted', work);
      assert.equal((await transfers.fetch('/f')).length, MEGABYTE.length);
      assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, 2);
    },
    { limits: { abortMs: 100 } },
  );
});

test('a transfer that stands still because of the server ends', async () => {
  await against(
    {
      on: {
        RETR: async (session) => {
          session.reply('150 Any moment');
          await (await session.openData()).write('a little');
        },
      },
    },
    async (transfers) => {
      const error = await failure('truncated', transfers.fetch('/f'));
      assert.match(error.message, /stalled/);
    },
    // Long enough for the data connection to be made before on a busy machine.
    { limits: { stallMs: 3000, abortMs: 100 } },
  );
});

test('a server that takes all and never says so is given up, in time', async () => {
  await against(
    {
      on: {
        STOR: async (session) => {
          session.reply('150 Go');
          const data = await session.openData();
          await data.receive();
          await data.finish();
        },
      },
    },
    async (transfers) => {
      const error = await failure('unconfirmed', transfers.store('/g', MEGABYTE));
      assert.deepEqual([error.phase, error.retryable], ['finish', true]);
      assert.match(error.message, /finalReplyMs/);
      assert.equal(error.command, 'STOR /g');
    },
    { limits: { finalReplyMs: 100, abortMs: 100 } },
  );
});

test('another certificate on the data connection ends the transfer', async () => {
  const certificate = await testCertificate(['localhost', '127.0.0.1']);
  await against(
    { data: { certificate } },
    async (transfers) => {
      await failure('untrusted', transfers.fetch('/f'));
      assert.equal(await transfers.noop(), 200);
    },
    { limits: { abortMs: 200 } },
  );
});

test('another certificate on the data connection ends the transfer where a pin vouches for the server, and nothing else', async () => {
  const certificate = await testCertificate(['localhost', '127.0.0.1']);
  await using server = await startHostileServer({ files: { '/f': 'x' }, data: { certificate } });
  const pin = (await failure('untrusted', openAndClose({ ...alice(server), tls: {} }))).certificate?.pin ?? '';
  const options = { tls: { pins: [pin], insecure: true }, limits: { abortMs: 200 } };
  await using transfers = new Transfers(server, options);
  await failure('untrusted', transfers.fetch('/f'));
});

async function openAndClose(options: ConnectOptions): Promise<void> {
  await using pool = ftpPool(settingsOf(options));
  await pool.use(undefined, async () => undefined);
}

/** Names a port by EPSV that nobody can reach, and says this when a transfer is to begin over it. */
async function behindFirewall(answer: (session: HostileSession) => void): Promise<HostileServerOptions['on']> {
  const decoy = await startDecoy('127.0.0.1');
  const { port } = decoy;
  await decoy[Symbol.asyncDispose]();
  let isExtended = false;
  return {
    EPSV(session) {
      isExtended = true;
      session.reply(`229 Port (|||${port}|)`);
    },
    PASV(session) {
      isExtended = false;
      return session.byDefault('PASV');
    },
    RETR: (session, path) => (isExtended ? answer(session) : session.byDefault('RETR', path)),
  };
}

const passiveVerbs = (server: HostileServer): string[] =>
  server.heard.map(({ verb }) => verb).filter((verb) => ['EPSV', 'PASV', 'RETR', 'USER'].includes(verb));

test('where the port of EPSV can not be reached, PASV is asked at once, and from then on', async () => {
  const on = await behindFirewall((session) => session.reply('425 Nobody came'));
  await against({ files: { '/f': 'x' }, ...(on && { on }) }, async (transfers, server) => {
    assert.deepEqual([await transfers.fetch('/f'), await transfers.fetch('/f')], ['x', 'x']);
    assert.deepEqual(passiveVerbs(server), ['USER', 'EPSV', 'RETR', 'PASV', 'RETR', 'PASV', 'RETR']);
  });
});

for (const code of [425, 426]) {
  test(`where the server gives up (${code}) before the port of EPSV was found to be unreachable, PASV is asked`, async () => {
    let dials = 0;
    // A firewall that swallows what goes to the port of EPSV: the second connection of all.
    const dial: Dial = (target, signal) => {
      dials += 1;
      if (dials !== 2) return directDial()(target, signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const on = await behindFirewall((session) => session.reply(`${code} Nobody came`));
    await against(
      { files: { '/f': 'x' }, ...(on && { on }) },
      async (transfers, server) => {
        assert.deepEqual([await transfers.fetch('/f'), await transfers.fetch('/f')], ['x', 'x']);
        assert.deepEqual(passiveVerbs(server), ['USER', 'EPSV', 'RETR', 'PASV', 'RETR', 'PASV', 'RETR']);
      },
      { dial },
    );
  });
}

test('where the server waits for a data connection that can not be made, the next attempt asks by PASV', async () => {
  const on = await behindFirewall(() => undefined);
  await against(
    { files: { '/f': 'x' }, ...(on && { on }) },
    async (transfers, server) => {
      const error = await failure('data-connection', transfers.fetch('/f'));
      assert.deepEqual([error.retryable, await transfers.fetch('/f')], [true, 'x']);
      assert.deepEqual(passiveVerbs(server), ['USER', 'EPSV', 'RETR', 'USER', 'PASV', 'RETR']);
    },
    { limits: { abortMs: 100 } },
  );
});

test('where neither port can be reached, the error says so, and EPSV is asked again the next time', async () => {
  const on = {
    EPSV: (session: HostileSession) => session.reply('229 Port (|||1|)'),
    PASV: (session: HostileSession) => session.reply('502 No'),
    RETR: (session: HostileSession) => session.reply('425 Nobody came'),
  };
  await against({ files: { '/f': 'x' }, on }, async (transfers, server) => {
    for (let count = 0; count < 2; count += 1) await failure('unsupported', transfers.fetch('/f'));
    assert.equal(server.heard.filter(({ verb }) => verb === 'EPSV').length, 2);
  });
});

test('a session that is not resumed is an error where it is required, and none where it is preferred', async () => {
  await against({ data: { resumes: false } }, async (transfers) => {
    assert.equal((await transfers.fetch('/f')).length, MEGABYTE.length);
  });
  await against(
    { data: { resumes: false } },
    async (transfers) => {
      const error = await failure('session-not-reused', transfers.fetch('/f'));
      assert.match(error.message, /prefer/);
    },
    { sessionReuse: 'require', limits: { abortMs: 200 } },
  );
});

for (const answers of ['at once', 'behind the transfer', 'never'] as const) {
  test(`NOOP keeps the control connection awake; answered ${answers}, it ends no transfer`, async () => {
    const heard = Promise.withResolvers<void>();
    let beats = 0;
    await against(
      {
        on: {
          RETR: async (session) => {
            session.reply('150 Slowly');
            const data = await session.openData();
            await data.write('slow');
            setTimeout(heard.resolve, 60);
            await heard.promise;
            if (answers === 'at once') session.reply('200 Awake');
            await data.finish('ly');
            session.reply('226 Sent');
          },
          NOOP: (session) => {
            beats += 1;
            if (answers === 'behind the transfer' || beats > 1) session.reply('200 Awake');
          },
        },
      },
      async (transfers, server) => {
        assert.equal(await transfers.fetch('/f'), 'slowly');
        assert.equal(await transfers.noop(), 200);
        assert.equal(server.heard.filter(({ verb }) => verb === 'USER').length, answers === 'never' ? 2 : 1);
      },
      { limits: { keepAliveMs: 20, abortMs: 100 } },
    );
  });
}

test('a wait that was too long names the server and what it was for', async () => {
  const silent = (): void => undefined;
  await against(
    { on: { NOOP: silent, RETR: silent } },
    async (transfers) => {
      const error = await failure('timeout', transfers.noop());
      assert.match(error.message, /^localhost port \d+: /);
    },
    { limits: { replyMs: 50 } },
  );
  const stuck = async (session: HostileSession): Promise<void> => {
    session.reply('150 Here it comes');
    await session.openData();
  };
  await against(
    { on: { RETR: stuck } },
    async (transfers) => {
      const error = await failure('stalled', transfers.fetch('/f', { move: receiveAll }));
      assert.match(error.message, /\(RETR \/f, localhost\)$/);
    },
    { limits: { stallMs: 3000, abortMs: 50 } },
  );
});

async function receiveAll(data: DataConnection, signal: AbortSignal): Promise<void> {
  throwUnlessWhole(
    (await data.receive(new Writable({ write: (_chunk, _encoding, done) => done() }), { signal })).ending,
    'strict',
  );
}
