import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { EventSink, ServerEvent } from '../core/index.ts';
import { openDatabase } from '../database/index.ts';
import { EventStream } from '../operations/index.ts';
import { RawClient, UnexpectedReply } from '../testing/raw-client.ts';
import { type Configuration, loadConfiguration } from './configuration/index.ts';
import { pathsIn } from './data-directory.ts';
import { createLog } from './log/index.ts';
import type { Service } from './running-service.ts';
import { startService } from './service.ts';
import { StartError } from './start-error.ts';

async function configurationIn(context: TestContext, environment: Record<string, string> = {}): Promise<Configuration> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'lockport-service-'));
  context.after(() => rm(dataDir, { recursive: true }));
  const { configuration } = await loadConfiguration({
    environment: {
      LOCKPORT_DATA_DIR: dataDir,
      LOCKPORT_LISTEN: '127.0.0.1',
      LOCKPORT_EXPLICIT_PORT: '0',
      LOCKPORT_IMPLICIT_PORT: '0',
      LOCKPORT_ADMIN_ENABLED: 'false',
      LOCKPORT_LIMITS_FAILED_LOGIN_DELAY_MS: '0',
      ...environment,
    },
    flags: {},
  });
  return configuration;
}

const ignore = (): void => undefined;

/** Those that somebody listens to, or nobody. */
function events(...sinks: EventSink[]): EventStream {
  const stream = new EventStream();
  for (const sink of sinks) stream.listen(sink);
  return stream;
}

async function connect(service: Service, configuration: Configuration): Promise<RawClient> {
  const port = service.addresses.find(({ mode }) => mode === 'explicit')?.port ?? 0;
  const ca = await readFile(path.join(configuration.dataDir, 'tls', 'certificate.pem'), 'utf8');
  return RawClient.connect({ port, tls: { ca } });
}

test('no form of the log holds a password, right or wrong', async (context) => {
  const configuration = await configurationIn(context);
  let text = '';
  const output = { isTerminal: false, write: (part: string) => void (text += part) };
  const logs = (['json', 'pretty'] as const).map((form) => createLog({ form, level: 'debug', output }));
  await using service = await startService(configuration, events(...logs));
  const { name = '', password = '' } = service.firstAccount ?? {};
  await using client = await connect(service, configuration);
  await client.expect(220);
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, `USER ${name}`);
  await client.expect(530, 'PASS not-this-password');
  await client.expect(331, `USER ${name}`);
  await client.expect(230, `PASS ${password}`);
  await client.ask('ACCT not-this-account-either');
  await client.expect(221, 'QUIT');
  await client.ended();
  assert.match(text, /"verb":"PASS"/);
  assert.match(text, /Signed in as admin by password/);
  assert.ok(password.length >= 20 && !text.includes(password));
  assert.ok(!text.includes('not-this'), 'neither wrong ones');
});

test('a start that fails leaves nothing open: the next one has the directory for itself', async (context) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const configuration = await configurationIn(context, { LOCKPORT_IMPLICIT_PORT: port });
  await assert.rejects(startService(configuration, events()), StartError);
  taken.close();
  await once(taken, 'close');
  await using service = await startService(configuration, events());
  assert.deepEqual(
    service.addresses.map(({ mode }) => mode),
    ['explicit', 'implicit'],
  );
  assert.ok(service.firstAccount);
});

test('the first account is made once in the life of a data directory, and only where there is none', async (context) => {
  const configuration = await configurationIn(context);
  const startOnce = async () => {
    await using service = await startService(configuration, events());
    return service.firstAccount;
  };
  assert.equal((await startOnce())?.name, 'admin');
  assert.equal(await startOnce(), undefined);
  {
    await using database = openDatabase(pathsIn(configuration.dataDir).database);
    await database.accounts.remove('admin');
  }
  assert.equal(await startOnce(), undefined);
});

test('two services can not share a data directory within one process either', async (context) => {
  const configuration = await configurationIn(context);
  await using _service = await startService(configuration, events());
  await assert.rejects(startService(configuration, events()), /Another Lockport server uses/);
});

test('the rules of a reload hold from the next login on', async (context) => {
  const configuration = await configurationIn(context);
  await using service = await startService(configuration, events());
  const { name = '', password = '' } = service.firstAccount ?? {};
  const unresumedUpload = async (): Promise<number> => {
    await using client = await connect(service, configuration);
    await client.signIn(name, password);
    const port = await client.passive();
    await using data = await client.data(port, 'unresumed');
    client.send('STOR file.txt');
    const first = await client.reply();
    await data.send(Buffer.from('bytes')).catch(ignore);
    return first.code === 150 ? (await client.reply()).code : first.code;
  };
  assert.notEqual(await unresumedUpload(), 226);
  await service.reload({ ...configuration, tls: { ...configuration.tls, sessionReuse: 'off' } });
  assert.equal(await unresumedUpload(), 226);
});

test('the time of a login is noted, for people to see who still comes', async (context) => {
  const configuration = await configurationIn(context);
  await using service = await startService(configuration, events());
  const { name = '', password = '' } = service.firstAccount ?? {};
  await using client = await connect(service, configuration);
  await client.signIn(name, password);
  await client.expect(221, 'QUIT');
  await using database = openDatabase(pathsIn(configuration.dataDir).database);
  // A thread of its own does it, in a moment.
  while ((await database.accounts.find(name))?.lastLoginAt === undefined) await setTimeout(10);
});

test('a quota holds for all sessions of an account together', async (context) => {
  const configuration = await configurationIn(context);
  await using service = await startService(configuration, events());
  const { name = '', password = '' } = service.firstAccount ?? {};
  {
    await using database = openDatabase(pathsIn(configuration.dataDir).database);
    await database.accounts.update(name, { quota: { bytes: 10 } });
  }
  await using one = await connect(service, configuration);
  await one.signIn(name, password);
  await using other = await connect(service, configuration);
  await other.signIn(name, password);
  // Each has counted what is there, before both want the rest.
  await one.upload('STOR a', 'a');
  await other.upload('STOR b', 'b');
  await one.upload('STOR c', '6 more');
  await assert.rejects(
    other.upload('STOR d', '6 more'),
    (error) => error instanceof UnexpectedReply && error.reply.code === 552,
  );
});

test('a reload changes the rules of a listener, and never gives them to another one', async (context) => {
  const listener = { mode: 'explicit', address: '127.0.0.1', port: 0 } as const;
  const inClear = { ...listener, plainFtp: { login: 'allow-passwords-in-clear' } } as const;
  const { explicit: _, ...base } = await configurationIn(context);
  const configuration: Configuration = { ...base, explicit: { enabled: true }, listeners: [listener, listener] };
  const warnings: string[] = [];
  const listen: EventSink = (event) => {
    if (event.event === 'warning') warnings.push(event.message);
  };
  await using service = await startService(configuration, events(listen));
  const codes = () =>
    Promise.all(
      service.addresses.map(async ({ port }) => {
        await using client = await RawClient.connect({ port });
        await client.expect(220);
        return (await client.ask('USER admin')).code;
      }),
    );
  assert.deepEqual(await codes(), [530, 530]);
  await service.reload({ ...configuration, listeners: [listener, inClear] });
  assert.deepEqual(await codes(), [530, 331]);
  // Before the others there is one more now, which the next start opens.
  await service.reload({ ...configuration, listeners: [{ ...listener, port: 2100 }, listener, inClear] });
  assert.deepEqual(await codes(), [530, 331]);
  assert.match(warnings.at(-1) ?? '', /taking effect at the next start: listeners$/);
  await service.reload({ ...configuration, listeners: [listener, listener] });
  assert.deepEqual(await codes(), [530, 530]);
});

for (const workers of ['1', '2']) {
  test(`whoever runs the service sees who is connected and what moves, and ends a session (workers: ${workers})`, async (context) => {
    const configuration = await configurationIn(context, { LOCKPORT_WORKERS: workers });
    const happened: ServerEvent[] = [];
    await using service = await startService(
      configuration,
      events((event) => happened.push(event)),
    );
    const { name = '', password = '' } = service.firstAccount ?? {};
    await using idle = await connect(service, configuration);
    await idle.signIn(name, password);
    await using busy = await connect(service, configuration);
    await busy.signIn(name, password);
    await busy.expect(200, `CLNT ${'x'.repeat(1000)}`);
    await using data = await busy.data(await busy.passive());
    await busy.expect(150, 'STOR report.pdf');
    await data.write(Buffer.alloc(100_000));

    const moving = () =>
      service.sessions().then((sessions) => sessions.find(({ transfer }) => (transfer?.bytes ?? 0) >= 100_000));
    let session = await moving();
    while (!session) {
      await setTimeout(10);
      session = await moving();
    }
    const { transfer, ...who } = session;
    assert.equal((await service.sessions()).length, 2);
    assert.ok(who.since <= Date.now() && who.since > Date.now() - 600_000);
    assert.equal(who.account, name);
    assert.equal(who.protocol, 'ftp');
    assert.equal(who.address, '127.0.0.1');
    assert.equal(who.port, busy.localPort);
    assert.equal(who.mode, 'explicit');
    assert.deepEqual([who.tls?.version, who.tls?.resumed], ['TLSv1.3', false]);
    assert.equal(who.client, `${'x'.repeat(128)}...`);
    assert.equal(who.command?.verb, 'STOR');
    assert.equal(transfer?.verb, 'STOR');
    assert.deepEqual([transfer.direction, transfer.offset, transfer.tls?.resumed], ['upload', 0, true]);
    assert.equal(transfer?.path, '/report.pdf');
    assert.ok(transfer.rate > 0 && transfer.averageRate > 0);

    assert.equal(await service.endSession(who.session, 'ended by a test', 'Out for a test'), true);
    const last = (await busy.ended()).at(-1);
    assert.deepEqual([last?.code, last?.lines], [421, ['421 Out for a test']]);
    assert.equal(await service.endSession('no such session', 'ended by a test'), false);
    assert.equal((await service.sessions()).length, 1);
    const isItsEnd = (event: ServerEvent) => event.event === 'session.closed' && event.session === who.session;
    while (!happened.some(isItsEnd)) await setTimeout(10);
    const end = happened.find(isItsEnd);
    assert.ok(end?.event === 'session.closed' && end.reason === 'ended by a test');
    assert.equal(end.worker === undefined, workers === '1');
    const cut = happened.find((event) => event.event === 'transfer.finished');
    assert.equal(cut?.outcome, 'kept-partial');
    await idle.expect(200, 'NOOP');
  });
}

test('the sessions of a worker that does not answer are told as far as they are known, and nobody waits for it', async (context) => {
  const configuration = await configurationIn(context, {
    LOCKPORT_WORKERS: '2',
    LOCKPORT_LIMITS_WORKER_ANSWER_MS: '1000',
  });
  const pids = new Map<number, number>();
  const hear = (event: ServerEvent) => {
    const [, worker, pid] =
      (event.event === 'notice' && /^Worker (\d+) serves, as process (\d+)$/.exec(event.message)) || [];
    if (worker !== undefined) pids.set(Number(worker), Number(pid));
  };
  await using service = await startService(configuration, events(hear));
  const { name = '', password = '' } = service.firstAccount ?? {};
  await using one = await connect(service, configuration);
  await one.signIn(name, password);
  await using other = await connect(service, configuration);
  await other.signIn(name, password);
  const stoppedWorker = (await service.sessions()).find(({ port }) => port === one.localPort)?.worker ?? 0;
  const pid = pids.get(stoppedWorker) ?? 0;
  process.kill(pid, 'SIGSTOP');
  try {
    for (let time = 1; time <= 2; time += 1) {
      const sessions = await service.sessions();
      const [silent, told] = [one, other].map(({ localPort }) => sessions.find(({ port }) => port === localPort));
      assert.equal(sessions.length, 2);
      assert.deepEqual(
        [silent?.isSilent, silent?.worker, silent?.account, silent?.address, silent?.tls],
        [true, stoppedWorker, name, '127.0.0.1', undefined],
      );
      assert.deepEqual([told?.isSilent, told?.account, told?.tls?.version], [undefined, name, 'TLSv1.3']);
    }
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  while ((await service.sessions()).some(({ isSilent }) => isSilent)) await setTimeout(10);
});

test('events of a worker come in its order, each once, with its number; errors keep what is known of them', async (context) => {
  const configuration = await configurationIn(context, { LOCKPORT_WORKERS: '2' });
  const happened: ServerEvent[] = [];
  await using service = await startService(
    configuration,
    events((event) => happened.push(event)),
  );
  const { name = '', password = '' } = service.firstAccount ?? {};
  await using client = await connect(service, configuration);
  await client.signIn(name, password);
  for (let time = 0; time < 300; time += 1) await client.expect(200, 'NOOP');
  await client.expect(221, 'QUIT');
  while (!happened.some(({ event }) => event === 'session.closed')) await setTimeout(10);
  const ofWorkers = Map.groupBy(happened, ({ worker }) => worker);
  for (const [, each] of ofWorkers) {
    const numbers = each.map(({ seq }) => seq);
    assert.deepEqual(
      numbers,
      numbers.toSorted((one, other) => one - other),
    );
    assert.equal(new Set(numbers).size, numbers.length);
  }
  assert.equal(happened.filter((event) => event.event === 'command' && event.verb === 'NOOP').length, 300);
});
