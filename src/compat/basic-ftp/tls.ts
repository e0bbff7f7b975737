import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import {
  ChannelError,
  compareCertificate,
  completeHandshake,
  DataError,
  type DataTls,
  EndDetection,
  tlsFacts,
} from '../../transport/index.ts';
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
      const { endings, certificate } = factsOf(control);
      const detector = await endings.forFlow(direction === 'upload' ? 'send' : 'receive');
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
        if (ftp.tlsOptions.rejectUnauthorized !== false) checkSameServer(stream, certificate);
        return { ...watched, facts: tlsFacts(stream) };
      } catch (cause) {
        stream.destroy();
        if (!stream.authorizationError) throw cause;
        throw new DataError('wrong-certificate', 'The certificate of the data connection is not trusted', { cause });
      }
    },
  };
}

/** What is known of the server on a control connection, for its data connections. */
interface ControlFacts {
  readonly endings: EndDetection;
  /** DER. Read once: see `compareCertificate`. */
  readonly certificate: Uint8Array | undefined;
}

const controlFacts = new WeakMap<TLSSocket, ControlFacts>();

function factsOf(control: TLSSocket): ControlFacts {
  const known = controlFacts.get(control) ?? {
    endings: new EndDetection(),
    certificate: control.getPeerX509Certificate()?.raw,
  };
  controlFacts.set(control, known);
  return known;
}

/** The name to ask for, where there is one. */
function withName(options: ConnectionOptions): ConnectionOptions {
  const { host, servername = host && !isIP(host) ? host : undefined } = options;
  return { ...options, ...(servername !== undefined && { servername }) };
}

/** Transport's, with no bound where a caller asked for none, and with failures as basic-ftp's callers know them. */
async function handshake(socket: TLSSocket, timeoutMs: number, signal?: AbortSignal): Promise<void> {
  try {
    await completeHandshake(socket, timeoutMs > 0 ? timeoutMs : undefined, signal);
  } catch (cause) {
    if (!(cause instanceof ChannelError)) throw cause;
    throw new Error(cause.code === 'timeout' ? 'Timeout (TLS handshake)' : cause.message, { cause });
  }
}

function checkSameServer(data: TLSSocket, certificate: Uint8Array | undefined): void {
  if (compareCertificate(data, certificate).outcome === 'same') return;
  throw new DataError(
    'wrong-certificate',
    'The data connection showed another certificate than the control connection',
  );
}
