import { isIP, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { DataError, type DataTls, EndDetection, tlsFacts } from '../../transport/index.ts';
import type { FTPContext } from './ftp-context.ts';

/** TLS over a control connection, by a caller's options; who the server is, is checked by Node. */
export async function startTls(tcp: Socket, options: ConnectionOptions, timeoutMs: number): Promise<TLSSocket> {
  const socket = connect({ ...withName(options), socket: tcp });
  await handshake(socket, timeoutMs);
  return socket;
}

/**
 * TLS of data connections: the session of the control connection is offered, and the certificate must be the same one,
 * since a resumed session is not checked against the name again. Where a caller gave up checking, it is given up here too.
 */
export function dataTls(ftp: FTPContext): DataTls {
  return {
    async secureData(tcp, { direction }, signal) {
      const control = ftp.socket as TLSSocket;
      const detector = await endingsOf(control).forFlow(direction === 'upload' ? 'send' : 'receive');
      const session = ftp.tlsSessionStore ?? control.getSession();
      const watched = detector(tcp, (socket) =>
        connect({ ...withName(ftp.tlsOptions), socket, ...(session && { session }) }),
      );
      const { stream } = watched;
      stream.on('session', (fresh) => {
        if (stream.isSessionReused()) ftp.tlsSessionStore = fresh;
      });
      try {
        await handshake(stream, ftp.timeout, signal);
        if (ftp.tlsOptions.rejectUnauthorized !== false) checkSameServer(stream, control);
        return { ...watched, facts: tlsFacts(stream) };
      } catch (cause) {
        stream.destroy();
        if (!stream.authorizationError) throw cause;
        throw new DataError('wrong-certificate', 'The certificate of the data connection is not trusted', { cause });
      }
    },
  };
}

const endings = new WeakMap<TLSSocket, EndDetection>();

function endingsOf(control: TLSSocket): EndDetection {
  const known = endings.get(control) ?? new EndDetection();
  endings.set(control, known);
  return known;
}

/** The name to ask for, where there is one. */
function withName(options: ConnectionOptions): ConnectionOptions {
  const { host, servername = host && !isIP(host) ? host : undefined } = options;
  return { ...options, ...(servername !== undefined && { servername }) };
}

async function handshake(socket: TLSSocket, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = timeoutMs > 0 ? setTimeout(() => reject(new Error('Timeout (TLS handshake)')), timeoutMs) : undefined;
  const onAbort = (): void => reject(signal?.reason);
  const onClose = (): void => reject(new Error('The server ended the connection in the TLS handshake'));
  signal?.addEventListener('abort', onAbort, { once: true });
  if (signal?.aborted) onAbort();
  socket.once('secureConnect', resolve).on('error', reject).once('close', onClose).once('end', onClose);
  try {
    await promise;
    // That came from within OpenSSL: writing now would reenter it.
    await setImmediate();
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    socket.off('secureConnect', resolve).off('close', onClose).off('end', onClose);
  }
}

function checkSameServer(data: TLSSocket, control: TLSSocket): void {
  const shown = data.getPeerX509Certificate();
  if (!shown && data.isSessionReused()) return;
  const expected = control.getPeerX509Certificate();
  if (shown && expected && shown.raw.equals(expected.raw)) return;
  throw new DataError(
    'wrong-certificate',
    'The data connection showed another certificate than the control connection',
  );
}
