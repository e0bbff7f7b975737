import type { Socket } from 'node:net';
import type { HandshakeFailure, Limits, PublicKey, SshFacts } from '../../core/index.ts';
import type { SshProfile } from '../../transport/index.ts';

/** What a peer shows to sign in. */
export type SshAttempt =
  /** Given at once, or as the answer to a question (RFC 4256). */
  | { readonly kind: 'password'; readonly password: string }
  /** The code of an authenticator, as the answer to a question; what came before it is right. */
  | { readonly kind: 'code'; readonly code: string }
  /** It asks whether a signature by this key would be accepted (RFC 4252 section 7). */
  | { readonly kind: 'key-offer'; readonly key: PublicKey }
  /** It has signed by this key, and the transport has verified that. */
  | { readonly kind: 'key'; readonly key: PublicKey };

/**
 * `password-missing`, `code-missing`: what was shown is right, and a password, or a code, must follow (RFC 4252 section 5.1,
 * partial success).
 */
export type SshVerdict = 'accepted' | 'refused' | 'password-missing' | 'code-missing' | 'end';

/** What happens on one SSH connection. None of the methods throws. */
export interface SshListener {
  /** The first keys are exchanged. */
  secured(facts: SshFacts): void;
  /** `end`: the connection is ended, and no further attempt is heard. Attempts come one after the other. */
  signIn(user: string, attempt: SshAttempt): Promise<SshVerdict>;
  /**
   * A channel for the subsystem `sftp`, of somebody who has signed in. Resolves when nothing runs for
   * it any more. Channels that their peer has closed before that are bounded too.
   */
  opened(channel: SshChannel): Promise<void>;
}

/** A channel, as far as a subsystem needs it. */
export interface SshChannel {
  /** What comes, until its end. What is not taken is bounded by the window, which stays closed then. */
  readonly incoming: AsyncIterable<Uint8Array>;
  /** Aborts when the peer has closed the channel, or the connection is lost: nobody hears an answer any more. */
  readonly signal: AbortSignal;
  /** Resolves when more may be written, or the channel has closed. A peer that takes nothing for `stallMs` loses its connection. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the channel behind what was written. */
  close(): void;
}

/** How a connection ended. */
export interface SshEnd {
  /** For the log. */
  readonly reason: string;
  /** No keys were ever exchanged. */
  readonly failure?: HandshakeFailure;
}

export interface SshConnection {
  /** Resolves when the socket has closed. */
  readonly ended: Promise<SshEnd>;
  /** Tells the peer that it is over, and ends the connection. What it has not read within a moment is lost. */
  disconnect(reason: string): void;
}

export interface SshSettings {
  /** Private keys in OpenSSH's form, one for each algorithm. */
  readonly hostKeys: readonly string[];
  /** Those that will take their place: clients that ask for it learn them already. */
  readonly nextHostKeys: readonly string[];
  readonly profile: SshProfile;
  readonly limits: Limits;
}

/** Speaks SSH as a server. Another implementation can take the place of the one there is. */
export interface SshTransport {
  /** Takes a connection from its first byte on. */
  accept(socket: Socket, listener: SshListener): SshConnection;
}

/** @throws Error where a key can't be read */
export type SshTransportFactory = (settings: SshSettings) => SshTransport;
