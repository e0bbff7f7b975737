import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Both ends of a TCP connection inside this process: the accepted one, and the one that connected. */
export async function tcpPair(): Promise<readonly [accepted: Socket, connected: Socket]> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connected = connect({ host: '127.0.0.1', port, allowHalfOpen: true, noDelay: true });
  const [accepted] = (await once(server, 'connection')) as [Socket];
  server.close();
  return [accepted, connected];
}
