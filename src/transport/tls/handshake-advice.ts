/** Why a TLS handshake with a server failed, and the way out where there is one. */
export function handshakeAdvice(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return advice[code] ?? error.message;
}

const noTls =
  'the server does not speak TLS here: is this the port of explicit TLS (21), and not that of implicit TLS (990)?';
const noVersion = 'the server has no TLS version in common with us: it may be older than TLS 1.2';
const gone = 'the server ended the connection; it may want a client certificate, or refuse what was offered';

/** By the codes of Node and OpenSSL. */
const advice: { readonly [code: string]: string | undefined } = {
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ERR_SSL_UNSUPPORTED_PROTOCOL: noVersion,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: noVersion,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE:
    'the server refused what was offered: it may know older ciphers only, or want a client certificate',
  ERR_SSL_DH_KEY_TOO_SMALL: "the server's key exchange is too weak (Diffie-Hellman with a short key)",
  ERR_TLS_DH_PARAM_SIZE: "the server's key exchange is too weak (Diffie-Hellman with a short key)",
  ECONNRESET: gone,
  EPIPE: gone,
};
