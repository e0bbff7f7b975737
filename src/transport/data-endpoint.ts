import type { Socket } from 'node:net';
import type { Limits } from '../core/index.ts';
import type { HostPort } from '../protocol/index.ts';
import { DataConnection } from './data-connection.ts';
import { DataError } from './data-error.ts';
import type { DataTls, DataTlsRules } from './data-tls.ts';
import { TrustError } from './trust-error.ts';
import type { WireLimits } from './wire.ts';

export interface OpenOptions extends DataTlsRules {
  /** Of the control connection; undefined for a data connection in the clear. */
  readonly tls: DataTls | undefined;
  readonly limits: DataLimits;
  readonly signal: AbortSignal;
}

/** The bounds of a data connection. */
type DataLimits = WireLimits & Pick<Limits, 'dataConnectMs'>;

/** Where a data connection will come from: a port that listens for the peer, or an address to connect to. */
export interface DataEndpoint extends AsyncDisposable {
  /** Where it listens, or where it will connect to. */
  readonly address: HostPort;
  /**
   * Waits for the connection to the right peer, with TLS where that is asked for and every rule held. Once only.
   * @throws DataError; on a client also TrustError
   */
  open(options: OpenOptions): Promise<DataConnection>;
}

/**
 * Makes a data connection of a TCP connection. The handshake begins here and not earlier, as only now is it known which
 * way the bytes go.
 */
export async function openOver(tcp: Socket, { tls, limits, signal, ...rules }: OpenOptions): Promise<DataConnection> {
  if (!tls) return new DataConnection({ tcp, stream: tcp, limits });
  try {
    return new DataConnection({ tcp, ...(await tls.secureData(tcp, rules, signal)), limits });
  } catch (cause) {
    tcp.destroy();
    if (signal.aborted) throw new DataError('aborted', 'The transfer was aborted', { cause });
    if (cause instanceof DataError || cause instanceof TrustError) throw cause;
    throw new DataError('tls-failed', 'The TLS handshake on the data connection failed', { cause });
  }
}
