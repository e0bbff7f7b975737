import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { ChannelError, completeHandshake } from '../../transport/index.ts';

/** TLS over a control connection, by a caller's options; who the server is, is checked by Node. */
export async function startTls(tcp: Socket, options: ConnectionOptions, timeoutMs: number): Promise<TLSSocket> {
  const socket = connect({ ...withName(options), socket: tcp });
  await handshake(socket, timeoutMs);
  return socket;
}

/** The name to ask for, where there is one. */
export function withName(options: ConnectionOptions): ConnectionOptions {
  const { host, servername = host && !isIP(host) ? host : undefined } = options;
  return { ...options, ...(servername !== undefined && { servername }) };
}

/** Transport's, with no bound where a caller asked for none, and with failures as basic-ftp's callers know them. */
export async function handshake(socket: TLSSocket, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await completeHandshake(socket, timeoutMs > 0 ? timeoutMs : undefined, signal);
  } catch (cause) {
    if (!(cause instanceof ChannelError)) throw cause;
    throw new Error(cause.code === 'timeout' ? 'Timeout (TLS handshake)' : cause.message, { cause });
  }
}
