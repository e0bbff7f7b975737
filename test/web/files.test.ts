import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startTestWeb } from '../../src/testing/running-web.ts';
import { WebClient } from '../../src/testing/web-client.ts';

test('somebody signs in, sees the files, and signs out', async () => {
  await using server = await startTestWeb();
  await mkdir(join(server.root, 'in'));
  await writeFile(join(server.root, 'report.csv'), 'a;b\n');
  const client = new WebClient(server);
  assert.equal((await client.get('/me')).status, 401);
  const me = await client.post('/session', { user: 'alice', password: 'wonderland' });
  assert.equal(me.status, 200, me.text);
  assert.equal(me.json['user'], 'alice');
  const page = await client.get('/files?path=/');
  assert.equal(page.status, 200, page.text);
  assert.deepEqual(
    (page.json['entries'] as { name: string; kind: string; size: number }[]).map(({ name, kind, size }) => [
      name,
      kind,
      size,
    ]),
    [
      ['in', 'directory', 0],
      ['report.csv', 'file', 4],
    ],
  );
  const [session] = await server.host.sessions();
  assert.equal(session?.mode, 'web');
  assert.equal(session?.account, 'alice');
  assert.equal((await client.ask('DELETE', '/session')).status, 204);
  assert.equal((await client.get('/me')).status, 401);
  await server.event(({ event }) => event === 'session.closed');
});

test('a file goes up in chunks and stands under its name only once it is whole', async () => {
  await using server = await startTestWeb();
  const client = await WebClient.signIn(server);
  const begun = await client.post('/uploads', { path: '/new.bin', size: 10 });
  assert.equal(begun.status, 201, begun.text);
  const { id } = begun.json as { id: string };
  const first = await client.chunk(id, 0, Buffer.from('hello'));
  assert.equal(first.status, 204, first.text);
  assert.equal(first.headers['upload-offset'], '5');
  assert.equal((await client.post(`/uploads/${id}/commit`, {})).json['code'], 'incomplete');
  assert.deepEqual((await client.get('/files?path=/')).json['entries'], []);
  assert.equal((await client.chunk(id, 3, Buffer.from('lo'))).json['code'], 'offset');
  assert.equal((await client.chunk(id, 5, Buffer.from('world'))).status, 204);
  const done = await client.post(`/uploads/${id}/commit`, {});
  assert.equal(done.status, 200, done.text);
  assert.equal(await readFile(join(server.root, 'new.bin'), 'utf8'), 'helloworld');
  assert.deepEqual(await readdir(server.root), ['new.bin']);
});
