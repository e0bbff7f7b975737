import type { ServerCertificate } from '../../transport/index.ts';

/** The memory of trust on first use: which key each server showed. */
export interface KnownServers {
  /** The pin (`sha256//...`) that the server showed the first time; undefined for one that was never met. */
  find(server: string): Promise<string | undefined>;
  /** Keeps the certificate's pin for the server. Without this only servers that are known already are trusted. */
  remember?(server: string, certificate: ServerCertificate): Promise<void>;
}
