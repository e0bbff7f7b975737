import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, test } from 'node:test';
import { limitsWith } from '../../core/index.ts';
import { activeTargetRefusal } from './active-target.ts';
import { connectingEndpoint } from './connecting-endpoint.ts';

describe('active mode connects', () => {
  for (const [address, port, peer] of [
    ['192.0.2.1', 1024, '192.0.2.1'],
    ['192.0.2.1', 65535, '::ffff:192.0.2.1'],
    ['::ffff:192.0.2.1', 2000, '192.0.2.1'],
    ['2001:DB8:0::1', 2000, '2001:db8::1'],
  ] as const) {
    test(`to ${address}:${port} for ${peer}`, () => {
      assert.equal(activeTargetRefusal({ address, port }, peer), undefined);
    });
  }
});

// The FTP bounce attack (RFC 2577 section 3; CVE-2020-15152).
describe('active mode does not connect', () => {
  for (const [address, port, peer] of [
    ['192.0.2.1', 1023, '192.0.2.1'],
    ['192.0.2.1', 22, '192.0.2.1'],
    ['192.0.2.1', 0, '192.0.2.1'],
    ['127.0.0.1', 2000, '192.0.2.1'],
    ['169.254.169.254', 8080, '192.0.2.1'],
    ['::ffff:10.0.0.1', 2000, '192.0.2.1'],
    ['::ffff:c000:202', 2000, '192.0.2.1'],
    ['0.0.0.0', 2000, '192.0.2.1'],
    ['255.255.255.255', 2000, '192.0.2.1'],
    ['192.0.2.255', 2000, '192.0.2.1'],
    ['::', 2000, '::1'],
    ['localhost', 2000, 'localhost'],
    ['', 2000, ''],
  ] as const) {
    test(`to ${address || 'nothing'}:${port} for ${peer || 'nobody'}`, () => {
      assert.equal(typeof activeTargetRefusal({ address, port }, peer), 'string');
    });
  }
});

const options = {
  tls: undefined,
  direction: 'download',
  sessionReuse: 'off',
  limits: limitsWith(),
} as const;

test('an endpoint that connects connects from the address and the port that it was given', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const spare = createServer().listen(0, '127.0.0.1');
  await once(spare, 'listening');
  const localPort = (spare.address() as AddressInfo).port;
  await new Promise((resolve) => spare.close(resolve));
  const target = { address: '127.0.0.1', port: (listener.address() as AddressInfo).port };
  const endpoint = connectingEndpoint(target, { localAddress: '127.0.0.1', localPort });
  assert.deepEqual(endpoint.address, target);
  const connected = once(listener, 'connection');
  await using connection = await endpoint.open({ ...options, signal: new AbortController().signal });
  const [socket] = await connected;
  assert.equal(socket.remotePort, localPort);
  assert.deepEqual(connection.remote, target);
  socket.destroy();
  listener.close();
});

test('an endpoint that connects whose target is not there is refused', async () => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  await new Promise((resolve) => listener.close(resolve));
  const endpoint = connectingEndpoint({ address: '127.0.0.1', port }, {});
  await assert.rejects(endpoint.open({ ...options, signal: new AbortController().signal }), { code: 'refused' });
});

test('an endpoint that connects gives up when the signal is given', async () => {
  const endpoint = connectingEndpoint({ address: '127.0.0.1', port: 1024 }, {});
  await assert.rejects(endpoint.open({ ...options, signal: AbortSignal.abort() }), { code: 'aborted' });
});
