import type { HandshakeFailure } from '../core/index.ts';
import { ChannelError } from '../transport/index.ts';

/** What a failed handshake of a control connection counts as. */
export function handshakeFailure(error: unknown): HandshakeFailure {
  const cause = error instanceof ChannelError && error.cause !== undefined ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return FAILURES[code] ?? 'other';
}

/** By the codes of Node and OpenSSL, and of `ChannelError`. */
const FAILURES: { readonly [code: string]: HandshakeFailure | undefined } = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_HTTP_REQUEST: 'not-tls',
  ERR_SSL_HTTPS_PROXY_REQUEST: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no-common-version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no-common-version',
  ERR_SSL_NO_SHARED_CIPHER: 'no-common-cipher',
  ERR_SSL_NO_SUITABLE_KEY_SHARE: 'no-common-cipher',
  ERR_SSL_NO_SUITABLE_GROUPS: 'no-common-cipher',
  ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM: 'no-common-cipher',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'no-common-cipher',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'certificate-refused',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'certificate-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'certificate-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'certificate-refused',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'certificate-refused',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'certificate-refused',
  ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE: 'client-certificate',
  ERR_SSL_CERTIFICATE_VERIFY_FAILED: 'client-certificate',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  reset: 'reset',
  timeout: 'timeout',
  'peer-closed': 'peer-closed',
  injected: 'injected',
};
