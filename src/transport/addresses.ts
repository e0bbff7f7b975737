import type { Socket } from 'node:net';
import type { HostPort } from '../protocol/index.ts';

/** An address as people write it: an IPv4 peer of a dual-stack listener (`::ffff:192.0.2.1`) is an IPv4 peer. */
export function plainAddress(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
}

export function peerOf(socket: Socket): HostPort {
  return { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
}

export function localOf(socket: Socket): HostPort {
  return { address: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
}
