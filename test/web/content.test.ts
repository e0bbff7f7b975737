import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestWeb } from '../../src/testing/running-web.ts';
import { WebClient } from '../../src/testing/web-client.ts';
import { testWith } from '../interop/tool.ts';

const BYTES = Buffer.from('0123456789');

test('a download has its length, its date, a name that stays in its header, and nothing that runs', async () => {
  await using server = await startTestWeb();
  const name = 'Gr\u00fc\u00dfe "1".html';
  await writeFile(join(server.root, name), '<script>alert(1)</script>');
  const client = await WebClient.signIn(server);
  const answer = await client.get(`/content?path=${encodeURIComponent(`/${name}`)}`);
  assert.equal(answer.status, 200);
  assert.equal(answer.text, '<script>alert(1)</script>');
  assert.equal(answer.headers['content-type'], 'application/octet-stream');
  assert.equal(
    answer.headers['content-disposition'],
    `attachment; filename="Gr__e _1_.html"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.html`,
  );
  assert.equal(answer.headers['x-content-type-options'], 'nosniff');
  assert.match(String(answer.headers['content-security-policy']), /sandbox/);
  const shown = await client.get(`/content?as=preview&path=${encodeURIComponent(`/${name}`)}`);
  assert.equal(shown.headers['content-type'], 'text/plain; charset=utf-8');
  assert.match(String(shown.headers['content-security-policy']), /^sandbox; default-src 'none'/);
  const finished = await server.event(({ event }) => event === 'transfer.finished');
  assert.ok(finished.event === 'transfer.finished' && finished.outcome === 'complete' && finished.entry?.size === 25);
});

test('each browser gets a page in a form that it takes, and of each form another ETag', async () => {
  const body = Buffer.from('page');
  const forms = [
    { encoding: 'identity', body, etag: '"plain"' },
    { encoding: 'gzip', body: body.subarray(1), etag: '"gzip"' },
  ] as const;
  const page = { path: '/', type: 'text/plain', isImmutable: false, forms };
  await using server = await startTestWeb({ isPlain: true, pages: [page] });
  for (const [accepted, etag, encoding] of [
    ['gzip', '"gzip"', 'gzip'],
    ['gzip;q=0', '"plain"', null],
  ] as const) {
    const asked = { method: 'HEAD', headers: { 'accept-encoding': accepted } };
    const { status, headers } = await fetch(server.origin, asked);
    assert.deepEqual([status, headers.get('etag'), headers.get('content-encoding')], [200, etag, encoding]);
    const again = await fetch(server.origin, { headers: { ...asked.headers, 'if-none-match': etag } });
    assert.equal(again.status, 304);
  }
});

test('ranges and conditions hold as RFC 9110 has them', async () => {
  await using server = await startTestWeb();
  await writeFile(join(server.root, 'f'), BYTES);
  const client = await WebClient.signIn(server);
  const get = (headers: Record<string, string>) => client.get('/content?path=/f', headers);
  const whole = await get({});
  const { etag = '', 'last-modified': modified = '' } = whole.headers;
  const cases: readonly (readonly [string, number, string, string | undefined])[] = [
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=3-5', 206, '345', 'bytes 3-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-99999', 206, '789', 'bytes 7-9/10'],
    ['bytes=-2', 206, '89', 'bytes 8-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['bytes=5-3', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    [`bytes=0-${'9'.repeat(30)}`, 200, '0123456789', undefined],
  ];
  for (const [range, status, text, given] of cases) {
    const answer = await get({ range });
    assert.deepEqual([answer.status, answer.text, answer.headers['content-range']], [status, text, given], range);
  }
  for (const range of ['bytes=10-', 'bytes=99-100', 'bytes=-0']) {
    const answer = await get({ range });
    assert.deepEqual([answer.status, answer.headers['content-range']], [416, 'bytes */10'], range);
  }
  assert.equal((await get({ 'if-none-match': etag })).status, 304);
  assert.equal((await get({ 'if-modified-since': modified })).status, 304);
  assert.equal((await get({ range: 'bytes=1-2', 'if-range': etag })).status, 206);
  assert.equal((await get({ range: 'bytes=1-2', 'if-range': '"another"' })).status, 200);
  const head = await client.ask('HEAD', '/content?path=/f');
  assert.deepEqual([head.status, head.headers['content-length'], head.text], [200, '10', '']);
});

testWith('curl', 'curl resumes a download', async (curl) => {
  await using scratch = await scratchDirectory();
  await using server = await startTestWeb();
  const bytes = randomBytes(3_000_000);
  await writeFile(join(server.root, 'large'), bytes);
  const { cookie = '' } = await WebClient.signIn(server);
  const file = join(scratch.path, 'large');
  await writeFile(file, bytes.subarray(0, 1_000_000));
  const url = `${server.origin}/api/v1/content?path=/large`;
  await curl.run(['-sS', '--fail', '--cacert', server.certificateFile, '-b', cookie, '-C', '-', '-o', file, url]);
  assert.ok(bytes.equals(await readFile(file)));
});

testWith(
  'unzip',
  'several files come as one zip that unzip finds whole, and no name leads out of it',
  async (unzip) => {
    await using scratch = await scratchDirectory();
    await using server = await startTestWeb();
    await mkdir(join(server.root, 'd', 'empty'), { recursive: true });
    await writeFile(join(server.root, 'd', '..\\..\\evil.txt'), 'x');
    await writeFile(join(server.root, 'd', 'C:\\boot.ini'), 'y');
    await writeFile(join(server.root, 'd', 'large'), randomBytes(2_000_000));
    await symlink('..', join(server.root, 'd', 'loop'));
    await writeFile(join(server.root, 'f'), 'f');
    const client = await WebClient.signIn(server);
    const begun = await client.post('/archives', { paths: ['/d', '/f', '/f'], name: 'my files' });
    assert.equal(begun.status, 201, begun.text);
    const { url } = begun.json as { url: string };
    const answer = await client.ask('GET', `/${url}`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers['content-disposition'] ?? '', /filename="my files.zip"/);
    const file = join(scratch.path, 'all.zip');
    await writeFile(file, answer.bytes);
    await unzip.run(['-tq', file]);
    const names = await unzip.run(['-Z1', file]);
    assert.deepEqual(names.trim().split('\n').toSorted(), [
      'd/',
      'd/.._.._evil.txt',
      'd/C__boot.ini',
      'd/empty/',
      'd/large',
      'f',
      'lockport-failures.txt',
    ]);
    assert.equal((await client.ask('GET', `/${url}`)).status, 404, 'a link works once');
    const told = server.events.filter(({ event }) => event === 'transfer.finished');
    assert.equal(told.length, 4);
  },
);

test('directories are made, moved and removed, and each path that stays says why', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  assert.equal((await client.post('/directories', { path: '/a/b/c', parents: true })).status, 201);
  assert.equal((await client.post('/directories', { path: '/a/b/c', parents: true })).status, 201);
  assert.equal((await client.post('/directories', { path: '/a' })).json['code'], 'exists');
  for (const name of ['one', 'two']) await writeFile(join(server.root, 'a', 'b', name), name);
  assert.equal((await client.post('/move', { from: '/a/b/one', to: '/a/b/two' })).json['code'], 'exists');
  assert.equal((await client.post('/move', { from: '/a/b/one', to: '/a/b/two', replace: true })).status, 200);
  assert.equal((await client.post('/move', { from: '/', to: '/x' })).status, 400);
  const kept = await client.post('/remove', { paths: ['/a', '/none', '/'] });
  assert.deepEqual(
    (kept.json['results'] as { removed: number; failures: { code: string }[] }[]).map(({ removed, failures }) => [
      removed,
      failures[0]?.code,
    ]),
    [
      [0, 'not-empty'],
      [0, 'not-found'],
      [0, 'denied'],
    ],
  );
  const gone = await client.post('/remove', { paths: ['/a'], recursive: true });
  assert.deepEqual(gone.json['results'], [{ path: '/a', removed: 4 }]);
});

testWith('curl', 'one request brings a whole file, and a checksum that differs publishes nothing', async (curl) => {
  await using scratch = await scratchDirectory();
  await using server = await startTestWeb();
  const { cookie = '', csrf = '' } = await WebClient.signIn(server);
  const file = join(scratch.path, 'report.csv');
  await writeFile(file, 'a;b\n');
  const put = async (sum: string) => {
    const args = ['-sS', '--cacert', server.certificateFile, '-b', cookie, '-H', `x-csrf-token: ${csrf}`];
    const url = `${server.origin}/api/v1/content?path=/report.csv`;
    return curl.run([...args, '-H', `x-sha256: ${sum}`, '-T', file, url]);
  };
  assert.match(await put('0'.repeat(64)), /"checksum"/);
  await assert.rejects(readFile(join(server.root, 'report.csv')));
  const sum = createHash('sha256').update('a;b\n').digest('hex');
  assert.match(await put(sum), new RegExp(sum));
  assert.equal(await readFile(join(server.root, 'report.csv'), 'utf8'), 'a;b\n');
});

async function scratchDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'lockport-web-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
