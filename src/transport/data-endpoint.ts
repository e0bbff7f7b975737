import type { Socket } from 'node:net';
import type { Direction, Limits, SessionReuse, TlsFacts } from '../core/index.ts';
import type { HostPort } from '../protocol/index.ts';
import type { ConnectionTls, SecuredData } from './connection-tls.ts';
import { DataConnection } from './data-connection.ts';
import { DataError } from './data-error.ts';

export interface OpenOptions {
  readonly protection: 'clear' | 'private';
  /** Of the control connection; needed for `private`. */
  readonly tls: ConnectionTls;
  readonly direction: Direction;
  readonly sessionReuse: SessionReuse;
  /** Of the client certificate that the control connection has; a data connection must show the same one. */
  readonly certificateFingerprint?: string | undefined;
  readonly limits: Limits;
  readonly signal: AbortSignal;
}

/** Where a data connection will come from: a port that listens for the peer, or an address to connect to. */
export interface DataEndpoint extends AsyncDisposable {
  readonly mode: 'passive' | 'active';
  /** Passive: where it listens. Active: where it will connect to. */
  readonly address: HostPort;
  /**
   * Waits for the connection to the right peer, with TLS where that is asked for and every rule held. Once only.
   * @throws DataError
   */
  open(options: OpenOptions): Promise<DataConnection>;
}

/**
 * Makes a data connection of a TCP connection. We are the TLS server whoever connected (RFC 4217 section 7); the
 * handshake begins here and not earlier, as only now is it known which way the bytes go.
 */
export async function openOver(tcp: Socket, options: OpenOptions): Promise<DataConnection> {
  if (options.protection === 'clear') return new DataConnection({ tcp, stream: tcp, limits: options.limits });
  const secured = await secure(tcp, options);
  const refusal = refusalOf(secured.facts, options);
  if (!refusal) return new DataConnection({ tcp, ...secured, limits: options.limits });
  secured.stream.destroy();
  throw refusal;
}

async function secure(tcp: Socket, { tls, direction, signal }: OpenOptions): Promise<SecuredData> {
  try {
    return await tls.secureData(tcp, direction, signal);
  } catch (cause) {
    tcp.destroy();
    if (signal.aborted) throw new DataError('aborted', 'The transfer was aborted', { cause });
    throw new DataError('tls-failed', 'The TLS handshake on the data connection failed', { cause });
  }
}

function refusalOf(facts: TlsFacts, options: OpenOptions): DataError | undefined {
  if (options.sessionReuse === 'require' && !facts.resumed) {
    return new DataError(
      'session-not-reused',
      'The data connection must resume the TLS session of the control connection: turn on TLS session reuse in the client',
    );
  }
  const fingerprint = options.certificateFingerprint;
  if (fingerprint === undefined || facts.clientCertificate?.fingerprint === fingerprint) return undefined;
  return new DataError('wrong-certificate', 'The client certificate is not the one of the control connection');
}
