/** The host key that a server has shown. */
export interface HostKey {
  /** As SSH names it: `ssh-ed25519`. */
  readonly type: string;
  /** The key as it is sent, in base64, as known_hosts has it. */
  readonly base64: string;
  /** As OpenSSH shows it: `SHA256:` and base64. */
  readonly fingerprint: string;
}

/** What a line of known_hosts says of a server. */
export interface KnownHost {
  /** `authority`: certificates that this key has signed are trusted, which is not supported here. */
  readonly marker: 'known' | 'revoked' | 'authority';
  readonly type: string;
  readonly base64: string;
  /** For people: file and line. */
  readonly where: string;
}

/** The memory of host keys. */
export interface KnownHosts {
  /** All that is known of a server; empty for one that was never met. */
  find(host: string, port: number): Promise<readonly KnownHost[]>;
  /**
   * Asked about a server that is not known: whether its key is trusted, and if so to keep it. Without this only servers
   * that are known already are trusted.
   */
  remember?(host: string, port: number, key: HostKey): Promise<boolean>;
}

/** How known_hosts names a server (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export function knownHostName(host: string, port: number): string {
  const lower = host.toLowerCase();
  return port === 22 ? lower : `[${lower}]:${port}`;
}
