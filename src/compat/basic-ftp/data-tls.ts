import { connect, type TLSSocket } from 'node:tls';
import { compareCertificate, DataError, type DataTls, EndDetection, tlsFacts } from '../../transport/index.ts';
import type { FTPContext } from './ftp-context.ts';
import { handshake, withName } from './tls.ts';

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

function checkSameServer(data: TLSSocket, certificate: Uint8Array | undefined): void {
  if (compareCertificate(data, certificate).outcome === 'same') return;
  throw new DataError(
    'wrong-certificate',
    'The data connection showed another certificate than the control connection',
  );
}
