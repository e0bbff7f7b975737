import { connect, isIP, type Socket } from 'node:net';
import type { HostPort } from '../protocol/index.ts';
import { plainAddress } from './addresses.ts';
import { boundedWait } from './bounded-wait.ts';
import type { DataConnection } from './data-connection.ts';
import { type DataEndpoint, type OpenOptions, openOver } from './data-endpoint.ts';
import { DataError } from './data-error.ts';

/** Ports below are those of services that an attacker would have us talk to (RFC 2577 section 3). */
const firstUnprivilegedPort = 1024;

/**
 * Why a server must not connect there, undefined where it may: to the peer of the control connection only, and to no
 * port of a well-known service (RFC 2577 sections 3 and 4; the FTP bounce attack).
 */
export function activeTargetRefusal(target: HostPort, peerAddress: string): string | undefined {
  if (isIP(target.address) === 0 || plainAddress(target.address) !== plainAddress(peerAddress)) {
    return 'Data connections go to the address of the control connection only';
  }
  return target.port < firstUnprivilegedPort
    ? `Data connections go to no port below ${firstUnprivilegedPort}`
    : undefined;
}

/** Connects to the peer when it is opened, from `localAddress` and, where given, `localPort`. */
export function activeEndpoint(target: HostPort, localAddress: string, localPort?: number): DataEndpoint {
  return {
    mode: 'active',
    address: target,
    async open(options): Promise<DataConnection> {
      return openOver(await connectTo(target, { localAddress, ...(localPort && { localPort }) }, options), options);
    },
    async [Symbol.asyncDispose]() {
      // Nothing is held before it is opened.
    },
  };
}

async function connectTo(
  target: HostPort,
  local: { readonly localAddress: string; readonly localPort?: number },
  { limits, signal }: OpenOptions,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true, ...local });
  socket.once('connect', resolve).on('error', (cause) => {
    reject(new DataError('refused', 'The data connection could not be made', { cause }));
  });
  try {
    await boundedWait(promise, {
      timeoutMs: limits.dataConnectMs,
      signal,
      onTimeout: () => new DataError('timeout', 'The data connection could not be made in time'),
      onAbort: (cause) => new DataError('aborted', 'The transfer was aborted', { cause }),
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
