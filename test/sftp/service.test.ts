import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { STATUS } from '../../src/protocol/index.ts';
import { type RawSftp, RawSsh } from '../../src/testing/raw-sftp.ts';
import { lockport, temporaryDirectory } from '../cli/lockport-process.ts';
import { FakeClamd, honest } from '../gates/clamd.ts';
import { entriesOf } from '../gates/uploading.ts';
import { PASSWORD, startWorkers, type Workers, type WorkersOptions } from '../workers/workers.ts';

const NEW = 0x1a;
const APPEND = 0x0e;

// What the house does for FTP, it does for SFTP: rules of a service that the front-end knows nothing of.

test('the sessions of an account are counted over FTP and SFTP together', async (context) => {
  const server = await start(context, { workers: 2, account: { maxSessions: 2 } });
  const ftp = await server.signIn();
  await using ssh = await connect(server);
  await assert.rejects(connect(server), /authentication|closed/i);
  await using refused = await server.connect();
  await refused.expect(220);
  await refused.expect(234, 'AUTH TLS');
  await refused.secure();
  await refused.expect(331, 'USER alice');
  await refused.expect(530, `PASS ${PASSWORD}`);
  await ftp.expect(221, 'QUIT');
  await ftp.ended();
  await using next = await placeIn(server);
  assert.ok(ssh && next);
});

test('a gate refuses what SFTP brings, however it comes, and the quarantine keeps it', async (context) => {
  const directory = await temporaryDirectory(context);
  const clamd = await FakeClamd.start(context, honest);
  const gates = [{ name: 'virus', ask: { clamav: { port: clamd.port } }, refused: 'quarantine' }];
  const quarantine = join(directory, 'kept');
  const server = await start(context, { settings: { GATES: JSON.stringify(gates), QUARANTINE: quarantine } });
  await using ssh = await connect(server);
  const sftp = await ssh.sftp();
  assert.equal(await upload(sftp, '/good', 'good'), STATUS.ok);
  assert.notEqual(await upload(sftp, '/file', 'bad'), STATUS.ok);
  assert.notEqual(await upload(sftp, '/good', ' and bad', APPEND), STATUS.ok);
  assert.equal(await upload(sftp, '/x.filepart', 'bad'), STATUS.ok);
  for (const kind of ['rename', 'posix-rename@openssh.com'] as const) {
    assert.notEqual(await sftp.status({ kind, from: '/x.filepart', to: `/${kind}` }), STATUS.ok);
    await upload(sftp, '/x.filepart', 'bad');
  }
  assert.equal(await upload(sftp, '/copied', 'good'), STATUS.ok);
  assert.equal(await sftp.status({ kind: 'setstat', path: '/copied', attributes: { size: 2 } }), STATUS.ok);
  assert.deepEqual(await entriesOf(server.root), ['copied', 'good', 'x.filepart']);
  assert.equal(await readFile(join(server.root, 'good'), 'utf8'), 'good');
  const kept = (await readdir(quarantine)).filter((name) => !name.endsWith('.json'));
  const contents = await Promise.all(kept.map((name) => readFile(join(quarantine, name), 'utf8')));
  assert.deepEqual(contents.toSorted(), ['bad', 'bad', 'bad', 'good and bad']);
  const asked = await server.server.event(({ event, path }) => event === 'gate.asked' && path === '/file');
  assert.deepEqual([asked['protocol'], asked['account'], asked['isAdmitted']], ['sftp', 'alice', false]);
});

test('a file that comes under a temporary name and is renamed is told to rules as uploaded once', async (context) => {
  const directory = await temporaryDirectory(context);
  const [program, out] = [join(directory, 'note'), join(directory, 'out')];
  await writeFile(program, `#!/bin/sh\necho "$1" >> ${out}\n`, { mode: 0o755 });
  const rules = [{ name: 'note', when: ['uploaded'], do: [{ command: { run: [program, '{path}'] } }] }];
  const server = await start(context, { settings: { RULES: JSON.stringify(rules) } });
  await using ssh = await connect(server);
  const sftp = await ssh.sftp();
  // As WinSCP and FileZilla do it.
  await upload(sftp, '/report.filepart', 'content');
  assert.equal(await sftp.status({ kind: 'rename', from: '/report.filepart', to: '/report' }), STATUS.ok);
  await upload(sftp, '/last', 'content');
  const told = () => readFile(out, 'utf8').catch(() => '');
  while (!(await told()).includes('/last')) await setTimeout(10);
  assert.equal(await told(), '/report\n/last\n');
});

test('the quota of an account holds over SFTP and FTP together, and what is refused is given back', async (context) => {
  const server = await start(context, { account: { quota: { bytes: 100 } } });
  await using ssh = await connect(server);
  const sftp = await ssh.sftp();
  assert.equal(await upload(sftp, '/a', 'a'.repeat(60)), STATUS.ok);
  for (let each = 0; each < 3; each += 1) assert.notEqual(await upload(sftp, '/b', 'b'.repeat(50)), STATUS.ok);
  assert.equal(await sftp.status({ kind: 'setstat', path: '/a', attributes: { size: 200 } }), STATUS.failure);
  await using ftp = await server.signIn();
  await using data = await ftp.data(await ftp.passive());
  await ftp.expect(150, 'STOR c');
  await data.send(Buffer.alloc(41));
  await ftp.expect(552);
  assert.equal(await upload(sftp, '/d', 'd'.repeat(40)), STATUS.ok);
  assert.deepEqual(await entriesOf(server.root), ['a', 'd']);
});

test('an account gets a receipt of what it has uploaded over SFTP', async (context) => {
  const server = await start(context);
  await using ssh = await connect(server);
  await upload(await ssh.sftp(), '/report', 'content');
  await using ftp = await server.signIn();
  const { lines } = await ftp.expect(213, 'SITE RECEIPT report');
  const { dataDir } = server.server;
  const key = join(dataDir, 'key.pem');
  await writeFile(key, (await lockport(['audit', 'public-key', '--data-dir', dataDir])).output);
  const checked = await lockport(['audit', 'check-receipt', '-', '--public-key', key, '--json'], {
    input: lines[1] ?? '',
  });
  assert.equal(checked.code, 0, checked.errors);
  assert.match(checked.output, /"path":"\/report"/);
});

function start(context: TestContext, options: WorkersOptions = {}): Promise<Workers> {
  return startWorkers(context, { workers: 1, ...options, args: ['--sftp-port', '0'] });
}

function connect(server: Workers): Promise<RawSsh> {
  return RawSsh.connect({ port: server.server.port('sftp'), password: PASSWORD });
}

/** The primary hears of the end of a session in a moment. */
async function placeIn(server: Workers): Promise<RawSsh> {
  for (;;) {
    const ssh = await connect(server).catch(() => undefined);
    if (ssh) return ssh;
  }
}

/** The status of the first request that fails, or of the close. */
async function upload(sftp: RawSftp, path: string, text: string, flags = NEW): Promise<number> {
  const opened = await sftp.ask({ kind: 'open', path, flags, attributes: {} });
  if (opened.kind !== 'handle') return opened.kind === 'status' ? opened.status : -1;
  const { handle } = opened;
  const written = await sftp.status({ kind: 'write', handle, offset: 0, data: Buffer.from(text) });
  const closed = await sftp.status({ kind: 'close', handle });
  return written === STATUS.ok ? closed : written;
}
