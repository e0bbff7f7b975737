/** What is known of one SSH connection once its first keys are exchanged. */
export interface SshFacts {
  /** What the client calls itself in its version line (RFC 4253 section 4.2). The peer chose it. */
  readonly client: string;
  /** Name of the key exchange, as in its RFC. */
  readonly keyExchange: string;
  /** Algorithm of the host key that the client chose. */
  readonly hostKey: string;
  /** Of what the client sends; what the server sends may have another one. */
  readonly cipher: string;
  /** Absent: the cipher authenticates by itself. */
  readonly mac?: string;
}
