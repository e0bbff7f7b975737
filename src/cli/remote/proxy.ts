import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { SocksClient } from 'socks';
import type { ConnectOptions } from '../../client/index.ts';
import { UsageError } from '../usage-error.ts';

type Dial = NonNullable<ConnectOptions['dial']>;

/**
 * Connects through a proxy: `socks5://user:password@host:port` (RFC 1928), `http://…` (CONNECT, RFC 9110 section 9.3.6).
 * Names are resolved by the proxy.
 * @throws UsageError for an address that is none
 */
export function proxyDial(address: string): Dial {
  const url = URL.parse(address);
  const dial = url && DIALS[url.protocol];
  if (!url || !dial || url.hostname === '') {
    throw new UsageError(`--proxy: expected socks5://HOST:PORT or http://HOST:PORT, got ${JSON.stringify(address)}`);
  }
  const proxy = {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? dial.port : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
  return (target, signal) => dial.connect(proxy, target, signal);
}

interface Proxy {
  readonly host: string;
  readonly port: number;
  /** Empty: none. */
  readonly user: string;
  readonly password: string;
}

interface ProxyKind {
  /** Where none is given. */
  readonly port: number;
  readonly connect: (proxy: Proxy, ...target: Parameters<Dial>) => Promise<Socket>;
}

const DIALS: { readonly [protocol: string]: ProxyKind | undefined } = {
  'socks5:': { port: 1080, connect: connectBySocks },
  'http:': { port: 80, connect: connectByHttp },
};

async function connectBySocks(
  { host, port, user, password }: Proxy,
  ...[target, signal]: Parameters<Dial>
): Promise<Socket> {
  const socket = connect({ host, port, allowHalfOpen: true });
  // Each wait has a listener of its own; between them nobody else has.
  socket.on('error', () => undefined);
  const onAbort = (): unknown => socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await once(socket, 'connect', { signal });
    await SocksClient.createConnection({
      command: 'connect',
      existing_socket: socket,
      proxy: { host, port, type: 5, ...(user !== '' && { userId: user, password }) },
      destination: { host: target.host, port: target.port },
    });
    await takeBackEarlyBytes(socket);
    return socket;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** What came together with the proxy's last reply is emitted by socks in the next turn: nobody would hear it. */
async function takeBackEarlyBytes(socket: Socket): Promise<void> {
  const early: Buffer[] = [];
  const keep = (chunk: Buffer): unknown => early.push(chunk);
  socket.on('data', keep);
  await setImmediate();
  socket.pause().off('data', keep);
  if (early.length > 0) socket.unshift(Buffer.concat(early));
}

function connectByHttp({ host, port, user, password }: Proxy, ...[target, signal]: Parameters<Dial>): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const connecting = request({
    host,
    port,
    method: 'CONNECT',
    path: authority,
    agent: false,
    signal,
    headers: { host: authority, ...(user !== '' && { 'proxy-authorization': authorization }) },
  });
  connecting.on('error', reject);
  connecting.on('response', (response) => {
    response.resume();
    reject(new Error(`The proxy refused with ${response.statusCode ?? 0}`));
  });
  connecting.on('connect', (response, socket, head) => {
    if (response.statusCode !== 200) {
      socket.destroy();
      reject(new Error(`The proxy refused with ${response.statusCode ?? 0}`));
      return;
    }
    // The server may have greeted in the same packet.
    if (head.length > 0) socket.unshift(head);
    resolve(socket);
  });
  connecting.end();
  return promise;
}
