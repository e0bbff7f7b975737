import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startTestWeb, type TestWeb } from '../../src/testing/running-web.ts';
import { WebClient } from '../../src/testing/web-client.ts';

const BYTES = randomBytes(3_000_000);
const SHA256 = createHash('sha256').update(BYTES).digest('hex');

/** Breaks the connection off within a chunk, of which these bytes have come. Gives the offset that the server tells then. */
async function cutChunk(server: TestWeb, client: WebClient, id: string, from: number, bytes: Buffer): Promise<number> {
  const request = client.begin('PATCH', `/uploads/${id}`, {
    body: bytes,
    headers: { 'upload-offset': String(from), 'content-length': String(BYTES.length - from) },
  });
  const closed = new Promise((resolve) => request.on('error', () => undefined).once('close', resolve));
  request.write(bytes);
  await until(async () => ((await server.host.sessions())[0]?.transfer?.bytes ?? 0) >= from + bytes.length);
  request.destroy();
  await closed;
  await until(async () => (await offsetOf(client, id)) > from);
  return offsetOf(client, id);
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await setTimeout(10);
}

async function offsetOf(client: WebClient, id: string): Promise<number> {
  const answer = await client.get(`/uploads/${id}`);
  return Number(answer.headers['upload-offset']);
}

async function begin(
  client: WebClient,
  more: Readonly<Record<string, unknown>> = {},
): Promise<{ id: string; offset: number }> {
  const begun = await client.post('/uploads', { path: '/large.bin', size: BYTES.length, ...more });
  assert.equal(begun.status, 201, begun.text);
  return begun.json as { id: string; offset: number };
}

async function finish(client: WebClient, id: string, offset: number): Promise<void> {
  const sent = await client.chunk(id, offset, BYTES.subarray(offset));
  assert.equal(sent.status, 204, sent.text);
  const done = await client.post(`/uploads/${id}/commit`, { sha256: SHA256 });
  assert.equal(done.status, 200, done.text);
  assert.equal(done.json['sha256'], SHA256);
}

async function assertWhole(server: TestWeb): Promise<void> {
  assert.ok(BYTES.equals(await readFile(join(server.root, 'large.bin'))));
  assert.deepEqual(await readdir(server.root), ['large.bin']);
}

test('an upload goes on behind connections that break, and nothing of it is seen before', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const { id } = await begin(client);
  let offset = 0;
  for (let breaks = 0; breaks < 5; breaks += 1) {
    offset = await cutChunk(server, client, id, offset, BYTES.subarray(offset, offset + 400_000));
    assert.deepEqual((await client.get('/files?path=/')).json['entries'], []);
    assert.equal((await client.post(`/uploads/${id}/commit`, {})).json['code'], 'incomplete');
  }
  assert.ok(offset > 0 && offset < BYTES.length);
  await finish(client, id, offset);
  await assertWhole(server);
});

test('a new session goes on with what the one before has left, and the checksum is of the whole', async () => {
  await using server = await startTestWeb();
  const first = await WebClient.signIn(server);
  const { id } = await begin(first);
  await first.chunk(id, 0, BYTES.subarray(0, 1_000_000));
  await first.ask('DELETE', '/session');
  const client = await WebClient.signIn(server);
  const resumed = await begin(client, { resume: true });
  assert.equal(resumed.offset, 1_000_000);
  await finish(client, resumed.id, resumed.offset);
  await assertWhole(server);
  const finished = server.events.flatMap((event) => (event.event === 'transfer.finished' ? [event.outcome] : []));
  assert.deepEqual(finished, ['kept-partial', 'complete']);
});

test('a restart loses nothing that was acknowledged', async (context) => {
  const root = await directory(context);
  {
    await using server = await startTestWeb({ root });
    const client = await WebClient.signIn(server);
    const { id } = await begin(client);
    assert.equal((await client.chunk(id, 0, BYTES.subarray(0, 2_000_000))).status, 204);
  }
  await using server = await startTestWeb({ root });
  const client = await WebClient.signIn(server);
  const { id, offset } = await begin(client, { resume: true });
  assert.equal(offset, 2_000_000);
  await finish(client, id, offset);
  await assertWhole(server);
});

test('a checksum that differs publishes nothing, and leaves nothing', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const { id } = await begin(client);
  await client.chunk(id, 0, BYTES);
  const refused = await client.post(`/uploads/${id}/commit`, { sha256: '0'.repeat(64) });
  assert.deepEqual([refused.status, refused.json['code']], [422, 'checksum']);
  assert.deepEqual(await readdir(server.root), []);
  assert.equal((await begin(client, { resume: true })).offset, 0);
});

test('a file is replaced only where that was said, and stays as it is until the commit', async () => {
  await using server = await startTestWeb();
  await writeFile(join(server.root, 'large.bin'), 'old');
  const client = await WebClient.signIn(server);
  const refused = await client.post('/uploads', { path: '/large.bin', size: 1 });
  assert.deepEqual([refused.status, refused.json['code']], [409, 'exists']);
  const { id } = await begin(client, { replace: true });
  const offset = await cutChunk(server, client, id, 0, BYTES.subarray(0, 400_000));
  assert.equal(await readFile(join(server.root, 'large.bin'), 'utf8'), 'old');
  await finish(client, id, offset);
  await assertWhole(server);
});

test('a file that somebody publishes meanwhile is never mixed with an upload', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const { id } = await begin(client);
  await client.chunk(id, 0, BYTES.subarray(0, 1000));
  await writeFile(join(server.root, 'large.bin'), Buffer.alloc(5000));
  const refused = await client.chunk(id, 1000, BYTES.subarray(1000));
  assert.deepEqual([refused.status, refused.json['code']], [409, 'exists']);
  assert.ok(Buffer.alloc(5000).equals(await readFile(join(server.root, 'large.bin'))));
});

test('several uploads run at once, and an upload that was given up leaves nothing', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const done = await Promise.all(
    ['/a', '/b', '/c', '/d'].map((path, index) => client.upload(path, BYTES.subarray(index, 500_000 + index))),
  );
  assert.deepEqual(
    done.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  const { id } = await begin(client);
  await client.chunk(id, 0, BYTES.subarray(0, 1000));
  assert.equal((await client.ask('DELETE', `/uploads/${id}`)).status, 204);
  assert.equal((await client.get(`/uploads/${id}`)).status, 404);
  assert.deepEqual(await readdir(server.root), ['a', 'b', 'c', 'd']);
  const empty = await client.upload('/empty', Buffer.alloc(0), { modified: '2020-02-03T04:05:06Z' });
  assert.deepEqual(
    [empty.status, (empty.json['file'] as { modified: string }).modified],
    [200, '2020-02-03T04:05:06.000Z'],
  );
});

test('quota and rights hold for uploads without a line about them here', async () => {
  await using server = await startTestWeb({ account: { quota: { bytes: 1000 } } });
  const client = await WebClient.signIn(server);
  const { id } = await begin(client);
  const refused = await client.chunk(id, 0, BYTES.subarray(0, 100_000));
  assert.deepEqual([refused.status, refused.json['code']], [507, 'over-quota']);
  assert.deepEqual(await readdir(server.root), []);
});

async function directory(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'lockport-web-'));
  context.after(() => rm(path, { recursive: true, force: true }));
  return path;
}
