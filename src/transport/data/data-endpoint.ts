import type { Socket } from 'node:net';
import type { Limits } from '../../core/index.ts';
import type { HostPort } from '../../protocol/index.ts';
import { abortableWait } from '../bounded-wait.ts';
import { DataError } from '../data-error.ts';
import type { DataTls, DataTlsRules, SecuredData } from '../tls/data-tls.ts';
import { TrustError } from '../tls/trust-error.ts';
import { DataConnection } from './data-connection.ts';
import type { TransferStreamLimits } from './transfer-stream.ts';

/** How data connections are protected, as far as that is known before a transfer. */
export interface DataProtection extends Omit<DataTlsRules, 'direction'> {
  /** Of the control connection; undefined for a data connection in the clear. */
  readonly tls: DataTls | undefined;
}

export interface OpenDataOptions extends DataProtection, DataTlsRules {
  readonly limits: DataLimits;
  readonly signal: AbortSignal;
}

/** The bounds of a data connection. */
type DataLimits = TransferStreamLimits & Pick<Limits, 'dataConnectMs'>;

/** Where a data connection will come from: a port that listens for the peer, or an address to connect to. */
export interface DataEndpoint extends AsyncDisposable {
  /** Where it listens, or where it will connect to. */
  readonly address: HostPort;
  /**
   * Waits for the connection to the right peer, with TLS where that is asked for and every rule held. Once only.
   * @throws DataError; on a client also TrustError
   */
  open(options: OpenDataOptions): Promise<DataConnection>;
}

/**
 * Makes a data connection of a TCP connection.
 * @param begun a handshake that began before the transfer was known
 */
export async function openOver(
  tcp: Socket,
  { tls, limits, signal, ...rules }: OpenDataOptions,
  begun?: Promise<SecuredData>,
): Promise<DataConnection> {
  try {
    if (!tls && !begun) return new DataConnection({ tcp, stream: tcp, limits });
    if (!tls) throw new DataError('gone', 'TLS has begun on the data connection, and PROT asks for none');
    const securing = begun ? abortableWait(begun, { signal, onAbort: aborted }) : tls.secureData(tcp, rules, signal);
    return new DataConnection({ tcp, ...(await securing), limits });
  } catch (cause) {
    tcp.destroy();
    if (signal.aborted) throw aborted(cause);
    if (cause instanceof DataError || cause instanceof TrustError) throw cause;
    throw new DataError('tls-failed', 'The TLS handshake on the data connection failed', { cause });
  }
}

function aborted(cause: unknown): DataError {
  return new DataError('aborted', 'The transfer was aborted', { cause });
}
