import { isIPv4 } from 'node:net';
import type { FTPContext } from './ftp-context.ts';
import type { FTPResponse } from './ftp-error.ts';
import type { TransferStrategy } from './options.ts';
import { extendedPassivePort, passiveTarget } from './replies.ts';

/** Asks the server for a port by EPSV and connects to it, at the address of the control connection (RFC 2428). */
export async function enterPassiveModeIPv6(ftp: FTPContext): Promise<FTPResponse> {
  const response = await ftp.request('EPSV');
  const port = extendedPassivePort(response);
  if (port === undefined) throw new Error(`Can't parse response to 'EPSV': ${response.message}`);
  await connectForData(ftp, controlAddress(ftp), port);
  return response;
}

/**
 * Asks the server for a port by PASV and connects to the address that it names, which may be another host's. An address
 * of a private network, named by a server that is in none, is taken for a mistake of its router.
 */
export async function enterPassiveModeIPv4(ftp: FTPContext): Promise<FTPResponse> {
  const { response, address, port } = await askPassive(ftp);
  const control = controlAddress(ftp);
  await connectForData(ftp, isPrivate(address) && !isPrivate(control) ? control : address, port);
  return response;
}

/** The same, but a server that names another host is refused: it could have us connect to a third one (RFC 2577). */
export async function enterOwnPassiveModeIPv4(ftp: FTPContext): Promise<FTPResponse> {
  const { response, address, port } = await askPassive(ftp);
  const control = controlAddress(ftp);
  if (address !== control && !(isLoopback(address) && isLoopback(control))) {
    throw new Error(
      `PASV returned another host (${address}) for data transfer than the one you are connected to (${control}). ` +
        'If it is meant to, make the Client with allowSeparateTransferHost: true.',
    );
  }
  await connectForData(ftp, control, port);
  return response;
}

/** Tries one way after another, and tells of the one that worked, to be used from then on. */
export function firstThatWorks(
  strategies: readonly TransferStrategy[],
  onFound: (strategy: TransferStrategy) => void,
): TransferStrategy {
  return async (ftp) => {
    let lastError: unknown;
    for (const strategy of strategies) {
      try {
        const response = await strategy(ftp);
        onFound(strategy);
        return response;
      } catch (error) {
        if (ftp.closed) throw error;
        lastError = error;
      }
    }
    throw new Error(`None of the available transfer strategies work. Last error response was '${String(lastError)}'.`, {
      cause: lastError,
    });
  };
}

async function askPassive(ftp: FTPContext) {
  const response = await ftp.request('PASV');
  const target = passiveTarget(response);
  if (!target) throw new Error(`Can't parse response to 'PASV': ${response.message}`);
  return { response, ...target };
}

function controlAddress({ socket }: FTPContext): string {
  const { remoteAddress } = socket;
  if (remoteAddress === undefined) throw new Error('The control connection is closed: it has no address');
  return remoteAddress.replace(/^::ffff:/i, '');
}

async function connectForData(ftp: FTPContext, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (reason: string): void => reject(new Error(`Can't open data connection in passive mode: ${reason}`));
  const socket = ftp._newSocket();
  const onError = (error: Error): void => fail(error.message);
  const onTimeout = (): void => fail(`Timeout when trying to open data connection to ${host}:${port}`);
  socket.on('error', onError).on('timeout', onTimeout).setTimeout(ftp.timeout);
  // Closing the client ends it; what it carries then ends with what we send, not with what the server sends.
  ftp.dataSocket = socket;
  socket.allowHalfOpen = true;
  socket.once('close', () => fail('The connection was closed'));
  socket.connect({ host, port, ...(ftp.ipFamily !== undefined && { family: ftp.ipFamily }) }, resolve);
  try {
    await promise;
    socket.setNoDelay(true).setTimeout(0).off('error', onError).off('timeout', onTimeout);
  } catch (error) {
    ftp.dataSocket = undefined;
    throw error;
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || (isIPv4(address) && address.startsWith('127.'));
}

/** RFC 1918, and this machine. */
function isPrivate(address: string): boolean {
  if (!isIPv4(address)) return false;
  const [first = 0, second = 0] = address.split('.').map(Number);
  return first === 10 || first === 127 || (first === 172 && second >> 4 === 1) || (first === 192 && second === 168);
}
