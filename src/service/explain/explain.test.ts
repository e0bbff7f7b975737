import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { type TestContext, test } from 'node:test';
import type { ConnectionOptions } from 'node:tls';
import * as fc from 'fast-check';
import { readOwnSettings } from '../../core/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import { hashPassword } from '../../identity/index.ts';
import { EventStream } from '../../operations/index.ts';
import { RawClient } from '../../testing/index.ts';
import { type Configuration, loadConfiguration } from '../configuration/index.ts';
import { ControlClient } from '../control/index.ts';
import { pathsIn } from '../data-directory.ts';
import type { ShownFailure } from '../operators/index.ts';
import type { Service } from '../running-service.ts';
import { startService } from '../service.ts';
import { explainOffline } from './offline.ts';

const PASSWORD = 'a long password';
/** What lies in each home. */
const TREE = ['in/report.pdf', 'out/a.txt', 'out/deep/b.txt', 'empty/', 'archive/'];
const PATHS =
  '/ /in /in/ /in/report.pdf /in/new.txt /in/report.pdf/x /out /out/a.txt /out/deep /out/new /empty /nothing /nothing/deeper /.lockport-x /archive /archive/old.txt /archive/n'.split(
    ' ',
  );
const COMMANDS =
  'RETR STOR APPE STOU DELE MKD RMD RNFR RNTO MLSD MLST LIST NLST SIZE MDTM MFMT HASH CWD SITE_CHMOD SITE_SYMLINK'
    .split(' ')
    .map((words) => words.split('_'));
const RIGHTS = [
  '/=all',
  '/=list,download',
  '/=list;/in=upload',
  '/in=list,upload,overwrite',
  '/=all;/out=list',
  '/=none',
  '/=list,download,upload,append,rename,delete',
  '/=list,make-directory,rename,times',
  '/out=list,download,delete',
];

const NO_WAITS = { failedLoginDelayMs: 0, maxFailedLoginDelayMs: 0, banAfterFailedLogins: 1_000_000 };

interface Place {
  readonly service: Service;
  readonly database: Database;
  readonly control: ControlClient;
  readonly configuration: Configuration;
  readonly dataDir: string;
  readonly root: string;
  readonly port: number;
}

async function start(context: TestContext, environment: Readonly<Record<string, string>> = {}): Promise<Place> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-explain-'));
  const [dataDir, root] = ['data', 'files'].map((name) => path.join(directory, name)) as [string, string];
  const archive = path.join(directory, 'archive');
  await mkdir(archive);
  await writeFile(path.join(archive, 'old.txt'), 'old');
  const { configuration } = await loadConfiguration({
    environment: {
      LOCKPORT_DATA_DIR: dataDir,
      LOCKPORT_ROOT: root,
      LOCKPORT_LISTEN: '127.0.0.1',
      LOCKPORT_EXPLICIT_PORT: '0',
      LOCKPORT_IMPLICIT_PORT: '0',
      ...environment,
    },
    flags: {},
  });
  const storages = { ...configuration.storages, archive: { kind: 'local' as const, path: archive } };
  const limits = { ...configuration.limits, ...NO_WAITS };
  const used = { ...configuration, storages, limits };
  const service = await startService(used, new EventStream());
  const database = openDatabase(pathsIn(dataDir).database);
  const control = await ControlClient.connect({ dataDir, version: 'x', howToServe: '', operator: 'test' });
  context.after(async () => {
    control[Symbol.dispose]();
    await database[Symbol.asyncDispose]();
    await service[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
  });
  return { service, database, control, configuration: used, dataDir, root, port: service.addresses[0]?.port ?? 0 };
}

async function add({ database, root }: Place, name: string, settings: object, passwordHash?: string): Promise<void> {
  const own = readOwnSettings({ home: `/${name}`, ...settings });
  await database.accounts.add({ name, ...own }, passwordHash ?? (await hashPassword(PASSWORD)));
  for (const entry of TREE) {
    const host = path.join(root, name, entry);
    await mkdir(entry.endsWith('/') ? host : path.dirname(host), { recursive: true });
    if (!entry.endsWith('/')) await writeFile(host, 'something');
  }
}

function rightsIn(text: string): readonly object[] {
  const ALL = 'list,download,upload,append,overwrite,rename,delete,make-directory,times';
  return text.split(';').map((rule) => {
    const [path, rights = ''] = rule.split('=');
    return { path, rights: rights === 'none' ? [] : (rights === 'all' ? ALL : rights).split(',') };
  });
}

async function connect({ port }: Place): Promise<RawClient> {
  const client = await RawClient.connect({ port, tls: { rejectUnauthorized: false } });
  return client;
}

const SENT: { readonly [command: string]: (path: string) => string } = {
  MFMT: (path) => `MFMT 20000101000000 ${path}`,
  'SITE CHMOD': (path) => `SITE CHMOD 644 ${path}`,
  'SITE SYMLINK': (path) => `SITE SYMLINK target ${path}`,
};

test('what is explained is what a session gets, for any account, command and path', async (context) => {
  const place = await start(context);
  const hash = await hashPassword(PASSWORD);
  let accounts = 0;
  const settings = fc.record({
    rights: fc.constantFrom(...RIGHTS),
    mounts: fc.constantFrom([], [{ at: '/archive', storage: 'archive', readOnly: true }]),
    quota: fc.constantFrom({}, { bytes: 1 }, { files: 3 }, { bytes: 1_000_000 }),
  });
  const asked = fc.record({ words: fc.constantFrom(...COMMANDS), path: fc.constantFrom(...PATHS) });
  await fc.assert(
    fc.asyncProperty(settings, fc.array(asked, { minLength: 12, maxLength: 12 }), async (given, all) => {
      accounts += 1;
      const name = `user${accounts}`;
      await add(place, name, { ...given, rights: rightsIn(given.rights) }, hash);
      await using client = await connect(place);
      await client.signIn(name, PASSWORD);
      for (const { words, path } of all) {
        const explained = await place.control.call('explain', {
          account: name,
          command: words,
          path,
          renamedFrom: '/out/a.txt',
          from: '127.0.0.1',
        });
        const { code, lines } = await answered(client, words, path);
        const [about, told] = [`${words.join(' ')} ${path} of ${JSON.stringify(given)}`, JSON.stringify(explained)];
        const what = `${about}: ${told} and ${lines.join(' ')}`;
        assert.equal(explained.verdict, code < 400 ? 'allowed' : 'refused', what);
        if (code < 400) continue;
        assert.equal(explained.reply?.code, code, what);
        if (explained.decidedBy?.rule) assert.equal(explained.reply?.text, lines.join(' ').slice(4), what);
        assert.ok(explained.decidedBy, what);
      }
    }),
    { numRuns: Number(process.env['EXPLAIN_RUNS'] ?? 20) },
  );
});

type Answer = Awaited<ReturnType<RawClient['ask']>>;

const UPLOADS = ['STOR', 'APPE', 'STOU'];
const DOWNLOADS = ['RETR', 'LIST', 'NLST', 'MLSD'];

/** The closing reply to a command; uploads bring one byte. */
async function answered(client: RawClient, words: readonly string[], path: string): Promise<Answer> {
  const [verb = ''] = words;
  if (verb === 'RNTO') {
    const named = await client.ask('RNFR /out/a.txt');
    if (named.code >= 400) return named;
  }
  const line = SENT[words.join(' ')]?.(path) ?? `${words.join(' ')} ${path}`;
  if (!UPLOADS.includes(verb) && !DOWNLOADS.includes(verb)) return client.ask(line);
  const port = await client.passive();
  await using data = await client.data(port);
  const begun = await client.ask(line);
  if (begun.code >= 200) return begun;
  if (UPLOADS.includes(verb)) await data.send(Buffer.from('x'));
  else await data.receive();
  return await client.reply();
}

const LOGINS: readonly (readonly [name: string, settings: object, hash?: string])[] = [
  ['fine', {}],
  ['disabled', { disabled: true }],
  ['expired', { expires: '2020-01-01T00:00:00Z' }],
  ['expires', { expires: '2090-01-01T00:00:00Z' }],
  ['elsewhere', { allowedAddresses: ['192.0.2.0/24'] }],
  ['near', { allowedAddresses: ['127.0.0.2/31'] }],
  ['no-password', {}, ''],
  ['certificate', { certificate: { use: 'with-password' } }],
  ['full', { maxSessions: 1 }],
  ['lost', { mounts: [{ at: '/gone', storage: 'gone' }] }],
  ['locked', {}],
];
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '127.0.0.9'];

test('whether an account may sign in from an address is explained as a login finds it', async (context) => {
  const place = await start(context);
  for (const [name, settings, hash] of LOGINS) await add(place, name, { rights: [], ...settings }, hash);
  await place.database.accounts.setLock('locked', new Date(Date.now() + 3_600_000));
  await place.control.call('addBan', { network: '127.0.0.9', until: null, reason: 'a test' });
  await using held = await connect(place);
  await held.signIn('full', PASSWORD);
  for (const account of [...LOGINS.map(([name]) => name), 'nobody']) {
    for (const from of ADDRESSES) {
      const explained = await place.control.call('explain', { account, from, withoutCertificate: true });
      const answer = await loginFrom(place, account, from);
      const what = `${account} from ${from}: ${JSON.stringify(explained)} and ${answer.lines.join(' ')}`;
      assert.equal(explained.verdict, answer.code === 230 ? 'allowed' : 'refused', what);
      if (answer.code === 230) continue;
      assert.deepEqual(explained.reply, { code: answer.code, text: answer.lines.join(' ').slice(4) }, what);
      assert.ok(explained.decidedBy?.rule, what);
    }
  }
});

async function loginFrom({ port }: Place, name: string, localAddress: string): Promise<Answer> {
  await using client = await RawClient.connect({ port, localAddress, tls: { rejectUnauthorized: false } });
  const greeting = await client.reply();
  if (greeting.code !== 220) return greeting;
  await client.expect(234, 'AUTH TLS');
  await client.secure();
  await client.expect(331, `USER ${name}`);
  return await client.ask(`PASS ${PASSWORD}`);
}

test('a refusal names its rule, whose it is, and how to change it', async (context) => {
  const place = await start(context);
  const { accounts } = place.database;
  await accounts.groups.add('partners', { rights: rightsIn('/=list') as never, quota: { files: 1 } });
  await add(place, 'anna', { groups: ['partners'] });
  const ask = async (command: readonly string[], file: string, more: object = {}) =>
    (await place.control.call('explain', { account: 'anna', command: [...command], path: file, ...more })).decidedBy;
  assert.deepEqual(await ask(['STOR'], '/in/new.txt'), {
    rule: { kind: 'right', path: '/in/new.txt', right: 'upload', rule: { path: '/', rights: ['list'] } },
    text: 'The rule /=list covers /in/new.txt and has not the right upload, of the group partners',
    origin: { from: 'group', group: 'partners' },
    change: 'lockport group set partners --rights /=list --rights /in=list,upload',
  });
  await accounts.update('anna', { rights: rightsIn('/=all') as never, allowedAddresses: ['127.0.0.1'] });
  const quota = await ask(['STOR'], '/in/new.txt');
  assert.match(quota?.text ?? '', /^quota.files is 1, of the group partners$/);
  const address = await ask(['STOR'], '/in/new.txt', { from: '192.0.2.1' });
  assert.match(address?.text ?? '', /^allowedAddresses is 127.0.0.1, of the account itself$/);
  assert.equal(address?.change, 'lockport user set anna --allow 127.0.0.1 --allow <address>');
  const plain = await ask(['STOR'], '/in/new.txt', { isPlain: true });
  assert.match(plain?.text ?? '', /plainFtp.login/);
  assert.match(plain?.change ?? '', /^have the client start TLS .*, or set plainFtp\.login in lockport\.yaml/);
  assert.match((await ask(['SITE', 'SYMLINK'], '/in/link'))?.text ?? '', /site.symlink/);
  await assert.rejects(ask(['QUIT'], '/in'), /QUIT is no FTP command that leads to a file\. Name one, such as STOR/);
  await assert.rejects(ask(['RNTO'], '/in'), /--rename-from/);
});

test('the gates that a file would pass are named, and none is asked', async (context) => {
  const asked = path.join(tmpdir(), `lockport-asked-${process.pid}`);
  const ask = { command: { run: ['/usr/bin/touch', asked] } };
  const gates = [
    { name: 'pdf', paths: ['/in/*.pdf'], ask },
    { name: 'large', size: { atLeast: 1_000_000 }, refused: 'quarantine', ask },
    { name: 'others', accounts: ['ben'], ask },
  ];
  const place = await start(context, { LOCKPORT_GATES: JSON.stringify(gates) });
  await add(place, 'anna', { rights: rightsIn('/=all') });
  const gatesOf = async (command: string, file: string, more: object = {}) => {
    const answer = await place.control.call('explain', { account: 'anna', command: [command], path: file, ...more });
    return answer.facts.flatMap(({ subject, text }) => (subject === 'gate' ? [text.split(';')[0]] : []));
  };
  const pdf = 'pdf (command) is asked before the file gets its name';
  const large = 'large (command) is asked before the file gets its name';
  assert.deepEqual(await gatesOf('STOR', '/in/a.pdf'), [pdf]);
  assert.deepEqual(await gatesOf('STOR', '/in/a.pdf', { uploadBytes: 2_000_000 }), [pdf, large]);
  assert.deepEqual(await gatesOf('STOR', '/in/a.pdf.part'), []);
  assert.deepEqual(await gatesOf('RNTO', '/in/a.pdf', { renamedFrom: '/in/report.pdf' }), [pdf]);
  assert.deepEqual(await gatesOf('RETR', '/in/report.pdf'), []);
  assert.ok(!existsSync(asked));
});

const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
const WEAK = { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' } as const;

for (const [mode, workers] of [
  ['explicit', '1'],
  ['implicit', '2'],
] as const) {
  test(`what failed from an address is told in words, of ${mode} TLS with workers: ${workers}`, async (context) => {
    const place = await start(context, { LOCKPORT_WORKERS: workers });
    await add(place, 'anna', { rights: [] });
    const port = place.service.addresses.find((address) => address.mode === mode)?.port ?? 0;
    const shake = async (tls: ConnectionOptions) => {
      await using client = await RawClient.connect({ port });
      if (mode === 'explicit') {
        await client.expect(220);
        await client.expect(234, 'AUTH TLS');
      }
      await assert.rejects(client.secure({ rejectUnauthorized: false, ...tls }));
      await client.ended();
    };
    await shake(OLD);
    await shake(WEAK);
    await shake({ ALPNProtocols: ['h2'] });
    await using client = await RawClient.connect({ port: place.port, tls: { rejectUnauthorized: false } });
    await client.expect(220);
    await client.expect(234, 'AUTH TLS');
    await client.secure();
    await client.expect(331, 'USER anna');
    await client.expect(530, 'PASS wrong');
    let { failures, verdict } = await place.control.call('explain', { from: '127.0.0.1' });
    // Those of workers come a moment later.
    while (failures.length < 4) ({ failures, verdict } = await place.control.call('explain', { from: '127.0.0.1' }));
    assert.equal(verdict, undefined);
    const words = sorted(failures).map(({ kind, words }) => `${kind}: ${words}`);
    assert.match(words[0] ?? '', /^login: The login was refused like a wrong password: wrong password$/);
    assert.match(words[1] ?? '', /^handshake: The client speaks another protocol, for it offers h2/);
    assert.match(words[2] ?? '', /^handshake: The client offers TLS_RSA_WITH_AES_128_GCM_SHA256.*accepts none of them/);
    assert.match(
      words[3] ?? '',
      /^handshake: The client offers TLS 1.1 only; this server accepts TLS 1.2 and TLS 1.3: update the client/,
    );
    assert.deepEqual(sorted(failures)[3]?.tls?.offered?.versions, ['TLSv1.1']);
  });
}

/** The newest first; events of different workers come in any order. */
function sorted(failures: readonly ShownFailure[]): readonly ShownFailure[] {
  return failures.toSorted((one, other) => other.at.localeCompare(one.at));
}

test('without a server the data answer, and what only a server knows is said not to be known', async (context) => {
  const { dataDir, root, database, service, configuration, ...place } = await start(context);
  await add({ ...place, dataDir, root, database, service, configuration }, 'anna', { rights: rightsIn('/=list') });
  await service[Symbol.asyncDispose]();
  const explained = await explainOffline(configuration, database, {
    account: 'anna',
    command: ['stor'],
    path: '/in/x',
  });
  assert.deepEqual([explained.verdict, explained.reply?.code], ['refused', 550]);
  assert.equal(explained.unknown.length, 1);
  const listed = await explainOffline(configuration, database, { account: 'anna', command: ['MLSD'], path: '/in' });
  assert.equal(listed.verdict, 'allowed');
});
