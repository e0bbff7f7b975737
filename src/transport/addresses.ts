import { isIPv6, type Socket, SocketAddress } from 'node:net';
import type { HostPort } from '../protocol/index.ts';

/**
 * The one text of an address, so that texts can be compared: as the system writes it; an IPv4 peer of a dual-stack
 * listener (`::ffff:192.0.2.1`) as IPv4.
 */
export function plainAddress(text: string): string {
  // Most are IPv4, which costs less to see than whether it is IPv6.
  if (!text.includes(':') || !isIPv6(text)) return text;
  const [address = '', zone] = text.split('%');
  const written = new SocketAddress({ address, family: 'ipv6' }).address;
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(written)?.[1] ?? written;
  return zone === undefined ? plain : `${plain}%${zone}`;
}

export function peerOf(socket: Socket): HostPort {
  return { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
}

export function localOf(socket: Socket): HostPort {
  return { address: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
}
