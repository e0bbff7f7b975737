import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { FOREVER, type ServerEvent } from '../../core/index.ts';
import { openDatabase } from '../../database/index.ts';
import { EventStream } from '../../operations/index.ts';
import { loadConfiguration } from '../configuration/index.ts';
import { pathsIn } from '../data-directory.ts';
import type { Service } from '../running-service.ts';
import { startService } from '../service.ts';
import { ControlClient } from './control-client.ts';
import { MAX_REQUEST_BYTES } from './protocol.ts';
import { makeSocketKey, readSocketKey } from './socket-key.ts';

async function scratch(context: TestContext): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'lockport-control-'));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

async function startIn(dataDir: string, hear: (event: ServerEvent) => void = () => undefined): Promise<Service> {
  const { configuration } = await loadConfiguration({
    environment: {
      LOCKPORT_DATA_DIR: dataDir,
      LOCKPORT_LISTEN: '127.0.0.1',
      LOCKPORT_EXPLICIT_PORT: '0',
      LOCKPORT_IMPLICIT_PORT: '0',
    },
    flags: {},
  });
  const events = new EventStream();
  events.listen(hear);
  return startService(configuration, events, { version: '1.2.3', outputs: new Map() });
}

function connect(dataDir: string): Promise<ControlClient> {
  return ControlClient.connect({ dataDir, version: '1.2.3', howToServe: 'lockport serve', operator: 'anna' });
}

async function versionOf(dataDir: string): Promise<string> {
  using client = await connect(dataDir);
  return (await client.call('status', {})).version;
}

/** A client that keeps to no rules. */
async function raw(dataDir: string): Promise<Socket> {
  const socket = createConnection({ path: pathsIn(dataDir).control });
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ key: readSocketKey(pathsIn(dataDir).control) })}\n`);
  return socket.on('error', () => undefined);
}

test('the socket is for its owner alone, whatever the umask, and is gone with the server', async (context) => {
  const dataDir = await scratch(context);
  const before = process.umask(0);
  try {
    await using _service = await startIn(dataDir);
    const socket = lstatSync(pathsIn(dataDir).control);
    assert.equal(socket.mode & 0o777, 0o600);
    assert.equal(process.umask(), 0, 'the umask is as it was');
    assert.equal(await versionOf(dataDir), '1.2.3');
  } finally {
    process.umask(before);
  }
  assert.equal(existsSync(pathsIn(dataDir).control), false);
  await assert.rejects(connect(dataDir), { code: 'no-server', message: /lockport serve/ });
});

test('the socket that a killed server has left is replaced', async (context) => {
  const dataDir = await scratch(context);
  const left = createServer().listen(path.join(dataDir, 'other.sock'));
  await once(left, 'listening');
  renameSync(path.join(dataDir, 'other.sock'), pathsIn(dataDir).control);
  left.close();
  await once(left, 'close');
  await assert.rejects(connect(dataDir), { code: 'no-server' });
  await using _service = await startIn(dataDir);
  assert.equal(await versionOf(dataDir), '1.2.3');
});

test('what is in the way and no socket stays as it is, and files are served without a control socket', async (context) => {
  const dataDir = await scratch(context);
  writeFileSync(pathsIn(dataDir).control, 'precious');
  const warnings: string[] = [];
  {
    await using service = await startIn(dataDir, (event) => event.event === 'warning' && warnings.push(event.message));
    assert.equal(service.addresses.length, 2);
    await assert.rejects(connect(dataDir), { code: 'no-socket' });
  }
  assert.equal(lstatSync(pathsIn(dataDir).control).size, 8);
  assert.ok(warnings.some((message) => message.startsWith('There is no control socket')));
});

test('a data directory whose path is longer than the address of a socket works too', async (context) => {
  if (!existsSync('/proc/self/fd')) return context.skip('needs /proc');
  const dataDir = path.join(await scratch(context), 'd'.repeat(100), 'e'.repeat(100));
  mkdirSync(dataDir, { recursive: true });
  {
    await using _service = await startIn(dataDir);
    assert.equal(await versionOf(dataDir), '1.2.3');
  }
  assert.equal(existsSync(pathsIn(dataDir).control), false);
});

test('who sends half a line, or nothing, keeps nobody out, however many they are', async (context) => {
  const dataDir = await scratch(context);
  await using _service = await startIn(dataDir);
  const stuck: Socket[] = [];
  for (let each = 0; each < 50; each += 1) {
    const socket = await raw(dataDir);
    if (each % 2 === 0) socket.write('{"id":1,"procedure":');
    stuck.push(socket);
  }
  for (let time = 1; time <= 20; time += 1) assert.equal(await versionOf(dataDir), '1.2.3');
  for (const socket of stuck) socket.destroy();
});

test('who does not read long answers keeps nobody out', async (context) => {
  const dataDir = await scratch(context);
  {
    await using database = openDatabase(pathsIn(dataDir).database);
    const operator = { since: new Date(), reason: 'r'.repeat(200) };
    const bans = Array.from({ length: 900 }, (_, index) => `192.0.${index >> 8}.${index & 255}`);
    await Promise.all(bans.map((network) => database.bans.save({ network, until: FOREVER, operator })));
  }
  await using _service = await startIn(dataDir);
  const stuck: Socket[] = [];
  for (let each = 0; each < 20; each += 1) {
    const socket = await raw(dataDir);
    socket.write('{"id":1,"procedure":"bans","request":{},"by":"anna"}\n'.repeat(1000));
    stuck.push(socket);
  }
  for (let time = 1; time <= 20; time += 1) {
    using client = await connect(dataDir);
    assert.equal((await client.call('bans', {})).bans.length, 900);
  }
  for (const socket of stuck) socket.destroy();
});

test('a line without an end is refused before it fills the memory', async (context) => {
  const dataDir = await scratch(context);
  await using _service = await startIn(dataDir);
  const socket = await raw(dataDir);
  const answer = text(socket);
  socket.write('x'.repeat(MAX_REQUEST_BYTES + 1));
  const [greeting, refusal, ...more] = (await answer).trimEnd().split('\n');
  assert.deepEqual(JSON.parse(greeting ?? ''), { lockport: '1.2.3', protocol: 3 });
  assert.deepEqual(JSON.parse(refusal ?? ''), {
    id: null,
    failed: 'invalid-request',
    message: 'The request is too long',
  });
  assert.deepEqual(more, []);
});

test('requests that are sent at once are answered one after the other, wrong ones with what is wrong', async (context) => {
  const dataDir = await scratch(context);
  await using _service = await startIn(dataDir);
  const socket = await raw(dataDir);
  const requests = [
    { id: 1, procedure: 'bans', request: {} },
    { id: 2, procedure: '__proto__', request: {} },
    { id: 3, procedure: 'toString', request: {} },
    { id: 4, procedure: 'endSessions', request: { which: { all: true }, reason: 'a\r\n220 b' } },
    { id: 5, procedure: 'addBan', request: { network: '0.0.0.0/0', until: null, reason: 'r' } },
    { id: 6, procedure: 'addBan', request: { network: '192.0.2.1', until: '2001-01-01T00:00:00Z', reason: 'r' } },
    { id: 7, procedure: 'sessions', request: { all: true } },
    { id: 8, procedure: 'sessions', request: {} },
  ];
  socket.end(requests.map((request) => `${JSON.stringify({ ...request, by: 'anna' })}\n`).join(''));
  const answers = (await text(socket)).trimEnd().split('\n').slice(1);
  const outcomes = answers.map((line) => {
    const { id, failed = 'answered' }: { readonly id: number; readonly failed?: string } = JSON.parse(line);
    return [id, failed];
  });
  assert.deepEqual(outcomes, [
    [1, 'answered'],
    [2, 'unknown-procedure'],
    [3, 'unknown-procedure'],
    [4, 'invalid-request'],
    [5, 'too-wide'],
    [6, 'invalid-request'],
    [7, 'invalid-request'],
    [8, 'answered'],
  ]);
});

test('who can connect to the socket, and read no file, asks for nothing', async (context) => {
  const dataDir = await scratch(context);
  await using _service = await startIn(dataDir);
  for (const first of ['{"id":1,"procedure":"status","request":{}}', '{"key":""}', `{"key":"${'0'.repeat(64)}"}`]) {
    const socket = createConnection({ path: pathsIn(dataDir).control });
    socket.end(`${first}\n{"id":2,"procedure":"status","request":{}}\n`);
    const [, refusal = '', ...more] = (await text(socket)).trimEnd().split('\n');
    assert.match(refusal, /This is not the key of the socket/);
    assert.deepEqual(more, []);
  }
});

test('what is no request ends the connection', async (context) => {
  const dataDir = await scratch(context);
  await using _service = await startIn(dataDir);
  const socket = await raw(dataDir);
  socket.write('GET / HTTP/1.1\n');
  assert.match(await text(socket), /"failed":"invalid-request","message":"This is no request"/);
});

test('a server that speaks another protocol is named by its version', async (context) => {
  const dataDir = await scratch(context);
  const server = createServer((socket) => socket.end('{"lockport":"9.8.7","protocol":99}\n'));
  server.listen(pathsIn(dataDir).control);
  await once(server, 'listening');
  await assert.rejects(connect(dataDir), { code: 'other-version', message: /Lockport 9\.8\.7, and this is 1\.2\.3/ });
  server.close();
  await once(server, 'close');
});

test('a server that ends in the middle of an answer is lost, and that is said', async (context) => {
  const dataDir = await scratch(context);
  const server = createServer((socket) => {
    socket.write('{"lockport":"1.2.3","protocol":3}\n');
    socket.on('data', (bytes) => !bytes.includes('"id"') || socket.end('{"id":1,"list":"bans","part":[1]}\n{"id":1,'));
  });
  server.listen(pathsIn(dataDir).control);
  await once(server, 'listening');
  makeSocketKey(pathsIn(dataDir).control);
  using client = await connect(dataDir);
  await assert.rejects(client.call('bans', {}), { code: 'lost' });
  server.close();
});
