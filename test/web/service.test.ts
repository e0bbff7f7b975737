import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { totpCode } from '../../src/identity/index.ts';
import { WebClient } from '../../src/testing/web-client.ts';
import { type LockportProcess, lockport, serve } from '../cli/lockport-process.ts';
import { PASSWORD, startWorkers, type Workers, type WorkersOptions } from '../workers/workers.ts';

const WEB = ['--web-port', '0'];
const BYTES = randomBytes(6_000_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const CHUNK = 1_000_000;

// What the house does for FTP and SFTP, it does for the web: rules of a service that the front-end knows nothing of.

async function start(context: TestContext, options: WorkersOptions = {}): Promise<Workers> {
  return startWorkers(context, { workers: 1, ...options, args: WEB });
}

async function browser(server: LockportProcess): Promise<WebClient> {
  const certificate = await readFile(join(server.dataDir, 'tls', 'certificate.pem'), 'utf8');
  return new WebClient({ origin: `https://localhost:${server.port('web')}`, certificate });
}

async function signedIn(server: LockportProcess): Promise<WebClient> {
  const client = await browser(server);
  const answer = await client.post('/session', { user: 'alice', password: PASSWORD });
  assert.equal(answer.status, 200, answer.text);
  return client;
}

async function chunks(client: WebClient, id: string, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += CHUNK) {
    const sent = await client.chunk(id, at, BYTES.subarray(at, at + CHUNK));
    assert.equal(sent.status, 204, sent.text);
  }
}

test('a server that is killed has lost nothing that it acknowledged', async (context) => {
  const { server, root } = await start(context);
  const client = await signedIn(server);
  const upload = { path: '/large.bin', size: BYTES.length, resume: true };
  const { id } = (await client.post('/uploads', upload)).json as { id: string };
  await chunks(client, id, 0, 3 * CHUNK);
  const request = client.begin('PATCH', `/uploads/${id}`, {
    body: BYTES,
    headers: { 'upload-offset': String(3 * CHUNK), 'content-length': String(CHUNK) },
  });
  const broken = new Promise((resolve) => request.on('error', resolve));
  request.write(BYTES.subarray(3 * CHUNK, 3 * CHUNK + 500_000));
  await server.kill();
  await broken;
  const again = await serve(context, server.dataDir, WEB);
  const next = await signedIn(again);
  const resumed = (await next.post('/uploads', upload)).json as { id: string; offset: number };
  assert.ok(resumed.offset >= 3 * CHUNK, `only ${resumed.offset} bytes`);
  assert.equal((await next.chunk(resumed.id, resumed.offset, BYTES.subarray(resumed.offset))).status, 204);
  const done = await next.post(`/uploads/${resumed.id}/commit`, { sha256: SHA256 });
  assert.equal(done.status, 200, done.text);
  assert.ok(BYTES.equals(await readFile(join(root, 'large.bin'))));
  assert.deepEqual(
    (await readdir(root)).filter((name) => !name.startsWith('.lockport-lock')),
    ['large.bin'],
  );
});

test('with workers, a browser is one session over all its connections, counted with those of FTP, and ends by kick', async (context) => {
  const workers = await start(context, { workers: 2, account: { maxSessions: 2 } });
  const { server } = workers;
  const client = await signedIn(server);
  await using ftp = await workers.signIn();
  const refused = await (await browser(server)).post('/session', { user: 'alice', password: PASSWORD });
  assert.deepEqual([refused.status, refused.json['code']], [403, 'too-many-sessions']);
  const done = await Promise.all(
    Array.from({ length: 6 }, (_, index) => client.upload(`/f${index}`, BYTES.subarray(0, 10_000 + index))),
  );
  assert.deepEqual([...new Set(done.map(({ status }) => status))], [200]);
  const listed = await lockport(['sessions', '--data-dir', server.dataDir, '--json']);
  const sessions = (JSON.parse(listed.output) as { sessions: { session: string; mode: string }[] }).sessions;
  const web = sessions.filter(({ mode }) => mode === 'web');
  assert.equal(web.length, 1);
  assert.equal(sessions.length, 2);
  const kicked = await lockport(['kick', web[0]?.session ?? '', '--data-dir', server.dataDir]);
  assert.equal(kicked.code, 0, kicked.errors);
  assert.equal((await client.get('/me')).status, 401);
  const records = await lockport(['audit', 'search', '--data-dir', server.dataDir, '--json']);
  assert.match(records.output, /"protocol":"web"/);
  assert.ok(ftp);
});

test('a second factor is asked for in a second step, and a password that is due is changed before anything else', async (context) => {
  const { server } = await start(context);
  const run = (args: readonly string[], input = '') => lockport([...args, '--data-dir', server.dataDir], { input });
  const totp = await run(['user', 'totp', 'alice', '--json']);
  const { secret } = JSON.parse(totp.output) as { secret: string };
  const client = await browser(server);
  const half = await client.post('/session', { user: 'alice', password: PASSWORD });
  assert.deepEqual([half.status, half.json['code']], [401, 'code-missing']);
  const wrong = await client.post('/session', { user: 'alice', password: PASSWORD, code: '000000' });
  assert.deepEqual([wrong.status, wrong.json['code']], [401, 'credentials']);
  const code = totpCode(secret, Math.floor(Date.now() / 30_000));
  const whole = await client.post('/session', { user: 'alice', password: PASSWORD, code });
  assert.equal(whole.status, 200, whole.text);
  const due = await run(['user', 'passwd', 'bob', '--password-stdin', '--must-change'], `${PASSWORD}\n`);
  assert.equal(due.code, 0, due.errors);
  const other = await browser(server);
  const asked = await other.post('/session', { user: 'bob', password: PASSWORD });
  assert.deepEqual([asked.status, asked.json['code']], [403, 'password-due']);
  const short = await other.post('/password', { user: 'bob', from: PASSWORD, to: 'short' });
  assert.deepEqual([short.status, short.json['code']], [422, 'new-password']);
  const next = 'another long password';
  assert.equal((await other.post('/password', { user: 'bob', from: PASSWORD, to: next })).status, 204);
  assert.equal((await other.post('/session', { user: 'bob', password: next })).status, 200);
  const changed = await other.post('/password', { from: next, to: `${next} again` });
  assert.equal(changed.status, 204, changed.text);
  assert.equal((await other.get('/me')).status, 200, 'the session that did it goes on');
});

test('HTTP in clear is served at a loopback address alone', async (context) => {
  const settings = { WEB_PLAIN_HTTP: 'allow-passwords-in-clear' };
  const { server } = await start(context, { settings });
  const client = new WebClient({ origin: `http://localhost:${server.port('web')}`, certificate: '' });
  assert.equal((await client.post('/session', { user: 'alice', password: PASSWORD })).status, 200);
  assert.match(client.cookie ?? '', /^lockport-files=/);
  const refused = await lockport(['serve', '--data-dir', `${server.dataDir}-none`, '--listen', '0.0.0.0', ...WEB], {
    environment: { LOCKPORT_WEB_PLAIN_HTTP: 'allow-passwords-in-clear' },
  });
  assert.match(refused.errors, /web\.plainHttp.*only a loopback address can have it/s);
  assert.notEqual(refused.code, 0);
});
