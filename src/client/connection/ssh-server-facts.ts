/** What is known of an SSH server since the key exchange. */
export interface SshServerFacts {
  readonly keyExchange: string;
  readonly hostKey: string;
  /** As OpenSSH shows it. */
  readonly fingerprint: string;
  readonly cipher: string;
}
