import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { UsageError } from '../usage-error.ts';
import { proxyDial } from './proxy.ts';

async function listening(context: TestContext, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Greets at once, and says back what it hears. */
function greeter(context: TestContext): Promise<number> {
  return listening(
    context,
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      socket.write('220 Ready\r\n');
      socket.pipe(socket);
    }),
  );
}

/** A SOCKS5 proxy (RFC 1928) that asks for anna's password (RFC 1929), and connects to the loopback whatever the name. */
function socksProxy(context: TestContext, asked: string[]): Promise<number> {
  const onClient = async (socket: Socket): Promise<void> => {
    const next = async (): Promise<Buffer> => (await once(socket, 'data'))[0] as Buffer;
    const methods = await next();
    if (!methods.subarray(2).includes(2)) {
      socket.end(Buffer.from([5, 0xff]));
      return;
    }
    socket.write(Buffer.from([5, 2]));
    const login = await next();
    asked.push(
      login
        .subarray(2)
        .toString()
        .replaceAll(/[\0-\x1f]/g, ':'),
    );
    socket.write(Buffer.from([1, 0]));
    const request = await next();
    asked.push(request.subarray(5, 5 + (request[4] ?? 0)).toString());
    const far = connect({ port: request.readUInt16BE(request.length - 2), host: '127.0.0.1', allowHalfOpen: true });
    far.on('error', () => undefined);
    const [greeting] = await once(far, 'data');
    // The answer of the proxy and the greeting of the server in one packet.
    socket.write(Buffer.concat([Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 1]), greeting]));
    socket.pipe(far).pipe(socket);
  };
  return listening(
    context,
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined);
      onClient(socket).catch(() => socket.destroy());
    }),
  );
}

function httpProxy(context: TestContext, asked: string[], status = 200): Promise<number> {
  const server = createHttpServer();
  server.on('connect', (request, socket, head) => {
    asked.push(request.url ?? '', request.headers['proxy-authorization'] ?? '');
    socket.on('error', () => undefined);
    if (status !== 200) {
      socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const far = connect(Number(request.url?.split(':').at(-1)), '127.0.0.1');
    far.on('error', () => undefined);
    far.once('data', (greeting) => {
      // The answer of the proxy and the greeting of the server in one packet.
      socket.write(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), greeting]));
      far.write(head);
      socket.pipe(far).pipe(socket);
    });
  });
  return listening(context, server);
}

async function conversation(socket: Socket): Promise<string> {
  socket.end('QUIT\r\n');
  return text(socket);
}

const FOREVER = new AbortController().signal;

test('a SOCKS5 proxy gets the name of the server, user and password, and nothing of the greeting is lost', async (context) => {
  const asked: string[] = [];
  const port = await greeter(context);
  const dial = proxyDial(`socks5://anna:s%40fe@127.0.0.1:${await socksProxy(context, asked)}`);
  const socket = await dial({ host: 'ftp.example', port }, FOREVER);
  assert.equal(await conversation(socket), '220 Ready\r\nQUIT\r\n');
  assert.deepEqual(asked, ['anna:s@fe', 'ftp.example']);
});

test('an HTTP proxy is asked to CONNECT, and nothing of the greeting is lost', async (context) => {
  const asked: string[] = [];
  const port = await greeter(context);
  const dial = proxyDial(`http://anna:s%40fe@127.0.0.1:${await httpProxy(context, asked)}`);
  const socket = await dial({ host: 'ftp.example', port }, FOREVER);
  assert.equal(await conversation(socket), '220 Ready\r\nQUIT\r\n');
  assert.deepEqual(asked, [`ftp.example:${port}`, `Basic ${Buffer.from('anna:s@fe').toString('base64')}`]);
});

test('an IPv6 address stands in brackets where it must', async (context) => {
  const asked: string[] = [];
  const dial = proxyDial(`http://127.0.0.1:${await httpProxy(context, asked, 502)}`);
  await assert.rejects(dial({ host: '::1', port: 21 }, FOREVER), /refused with 502/);
  assert.deepEqual(asked, ['[::1]:21', '']);
});

test('a proxy that wants a password that we do not have fails the dial', async (context) => {
  const dial = proxyDial(`socks5://127.0.0.1:${await socksProxy(context, [])}`);
  await assert.rejects(dial({ host: 'ftp.example', port: 21 }, FOREVER));
});

for (const scheme of ['socks5', 'http']) {
  test(`a ${scheme} proxy that says nothing is left when the signal is given`, async (context) => {
    const silent = createServer((socket) => socket.on('error', () => undefined).resume());
    const sockets: Socket[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    const port = await listening(context, silent);
    const controller = new AbortController();
    const dialing = proxyDial(`${scheme}://127.0.0.1:${port}`)({ host: 'h', port: 21 }, controller.signal);
    await once(silent, 'connection');
    controller.abort(new Error('enough'));
    await assert.rejects(dialing);
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
  });
}

test('what is no proxy is refused', () => {
  for (const address of ['socks5://', 'https://h:1', 'h:1080', 'http:'])
    assert.throws(() => proxyDial(address), UsageError);
});
