import type { Socket } from 'node:net';
import type { Direction, SessionReuse, TlsFacts } from '../../core/index.ts';
import type { WatchedTls } from './end-of-stream.ts';

/** What TLS on a data connection must hold to. */
export interface DataTlsRules {
  readonly direction: Direction;
  /** For a server whose handshake begins before the transfer: resolves when `direction` is known, which is read after that. */
  readonly isDue?: Promise<unknown>;
  readonly sessionReuse: SessionReuse;
  /** For a server: the client certificate of the control connection; a data connection must show the same one. */
  readonly certificateFingerprint?: string | undefined;
  /** For a server, asked under `require` and `prefer`. Absent: none but the control connection's own session counts. */
  readonly others?: OtherSessions;
}

/** What a server knows of the TLS sessions of other control connections. Answers may take a while. */
export interface OtherSessions {
  /** Whether the session that this control connection began may stand for ours. Asked before a byte of data passes. */
  mayLend(connection: string, signal: AbortSignal): Promise<boolean>;
  /** The session with this identifier, if it may; clients of TLS 1.2 that take no tickets show one (curl). */
  find(identifier: string, signal: AbortSignal): Promise<Uint8Array | undefined>;
}

export interface SecuredData extends WatchedTls {
  readonly facts: TlsFacts;
}

/** TLS of a control connection as its data connections need it, on the server's side or the client's. */
export interface DataTls {
  /**
   * Does this side's part of the handshake, whoever connected (RFC 4217 section 7).
   * @throws DataError or TrustError for a rule that does not hold, another Error for a handshake that fails. The
   * caller ends the connection then.
   */
  secureData(tcp: Socket, rules: DataTlsRules, signal: AbortSignal): Promise<SecuredData>;
}
