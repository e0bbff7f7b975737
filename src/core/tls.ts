/** What is known of one TLS connection once its handshake is done. */
export interface TlsFacts {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly version: string;
  /** Name of the cipher suite, as in its RFC. */
  readonly cipher: string;
  /** Whether it continues an earlier session instead of a full handshake. */
  readonly resumed: boolean;
  /** The host name that the client asked for (SNI), lower-case. */
  readonly serverName?: string;
  /** The protocol chosen by ALPN. */
  readonly alpn?: string;
  readonly clientCertificate?: ClientCertificate;
}

/** By what TLS or SSH a login came, as it is kept with the account; or that it came in the clear. */
export type LoginTls = 'clear' | LoginTlsFacts;

interface LoginTlsFacts {
  /** `TLSv1.2`, `TLSv1.3`, or `SSH-2.0` (RFC 4253 section 4.2). */
  readonly version: string;
  /** Name of the cipher suite, or of the cipher of SSH, as in its RFC. */
  readonly cipher: string;
  /** Of SSH: how keys were exchanged. Node does not tell it of TLS. */
  readonly keyExchange?: string;
  /** The kind of key of the certificate, or of the public key, by which the client signed in. */
  readonly clientKey?: string;
}

export interface ClientCertificate {
  /** SHA-256 over the DER form: lower-case hex without colons. */
  readonly fingerprint: string;
  /** Common names of the subject. */
  readonly commonNames: readonly string[];
  /** DNS and mail names of the subject alternative name. */
  readonly alternativeNames: readonly string[];
  /** The kind of its key: `RSA 2048`, `EC prime256v1`, `ED25519`. */
  readonly key?: string;
  /** Whether it leads to a certificate authority that the server was told to trust. */
  readonly verified: boolean;
}

/** What a client offers at the beginning of a handshake, as far as it can be read (RFC 8446 section 4.1.2). No secret is among it. */
export interface ClientHello {
  /** Such as `TLSv1.1`, the newest first. */
  readonly versions: readonly string[];
  /** Names of the cipher suites as in their RFC, and numbers (`0x1301`) of those that are not known here, in the client's order. */
  readonly ciphers: readonly string[];
  /** Of the key exchange: names, or numbers. */
  readonly groups: readonly string[];
  /** The host name that it asks for (SNI), lower-case. */
  readonly serverName?: string;
  /** The protocols that it offers by ALPN. */
  readonly alpn?: readonly string[];
}

/** What a client offered in a handshake that failed, and what the server accepts there. */
export interface TlsOffer {
  /** Absent: what came is no ClientHello, or nothing came. */
  readonly offered?: ClientHello;
  readonly accepted: { readonly versions: readonly string[]; readonly ciphers: readonly string[] };
}

/**
 * How a peer ended its stream of data. `clean`: by TLS close_notify (or, without TLS, by the end of TCP, which proves
 * nothing more). `cut`: TCP ended before close_notify (RFC 8446 section 6.1: what came may be a part). `reset`: TCP was
 * reset. `stalled`: nothing moved for too long. `aborted`: we ended it.
 */
export type Ending = 'clean' | 'cut' | 'reset' | 'stalled' | 'aborted';
