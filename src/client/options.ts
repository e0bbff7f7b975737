import type { ByteRange, CallOptions, EndOfStream } from '../core/index.ts';
import type { Dial } from '../transport/index.ts';
import type { KnownServers } from './connection/known-servers.ts';
import type { ClientLimits } from './limits.ts';
import type { ClientLog } from './log.ts';
import type { KnownHosts } from './sftp/known-hosts.ts';

/**
 * How the control connection is protected. `explicit`: it begins in clear and AUTH TLS secures it before anything else
 * is said (RFC 4217). `implicit`: TLS from the first byte. `clear`: not at all, which needs `allowClear`. `ssh`: it is no
 * FTP but SFTP, inside SSH, for which the package `ssh2` has to be installed.
 */
export type Security = 'explicit' | 'implicit' | 'clear' | 'ssh';

/** How a client reaches a server, signs in and moves data. Everything but `host` has a default. */
export interface ConnectOptions {
  /** Name or address. */
  readonly host: string;
  /** Default: 21 for explicit and clear, 990 for implicit, 22 for ssh. */
  readonly port?: number;
  /** Default: `explicit`. */
  readonly security?: Security;
  /** Permits clear text where it was asked for: `security: 'clear'`, or `dataProtection: 'clear'`. Default: false. */
  readonly allowClear?: boolean;
  /** Default: `anonymous`; over SSH the name of the user whose process it is. */
  readonly user?: string;
  /** A function is asked once a connection, when the server wants a password. Default for `anonymous`: a mail-like word. */
  readonly password?: string | (() => string | Promise<string>);
  /** For servers that ask for an account beside the password (ACCT, RFC 959). */
  readonly account?: string;
  /** The directory that relative paths start from, itself relative to the directory of the login. Default: that one. */
  readonly directory?: string;
  readonly tls?: TlsOptions;
  /** With `security: 'ssh'`. */
  readonly ssh?: SshOptions;
  /**
   * Whether data connections must resume the TLS session of the control connection, which proves to both sides that it
   * is theirs. `prefer`: they try, and the certificate must be the same in any case. Default: `prefer`.
   */
  readonly sessionReuse?: 'require' | 'prefer' | 'off';
  /**
   * Whether what comes in TLS must end in close_notify. `lenient`: the end of TCP will do, as without TLS, for servers that
   * never send one: then the reply and, where the server tells it, the size alone tell a whole file from a part, and nothing
   * tells it of a listing. By such a listing nothing is deleted. Default: `strict`.
   */
  readonly endOfStream?: EndOfStream;
  /** `private`: data travel in TLS (PROT P), or not at all. Default: `private` unless `security` is `clear`. */
  readonly dataProtection?: 'private' | 'clear';
  /** Who connects for data. `passive`: we do (EPSV, PASV); `active`: the server does (EPRT, PORT). Default: `passive`. */
  readonly dataMode?: 'passive' | 'active';
  /**
   * Whose address PASV's reply is taken for. `control`: the address in it is ignored, we connect to the host of the
   * control connection (CVE-2020-8284). `announced`: it is believed. Default: `control`.
   */
  readonly passiveAddress?: 'control' | 'announced';
  /** How names are written on the wire: a label of the WHATWG encoding standard. Default: `utf-8`. */
  readonly encoding?: string;
  /** What the times of LIST are apart from UTC, in minutes; MLSD needs none. Default: 0. */
  readonly serverUtcOffsetMinutes?: number;
  /**
   * Connections that may be open at once, each carrying one call at a time. Default: 1. Over SSH all calls share one
   * connection: it is how many may be under way on it, by default 16.
   */
  readonly connections?: number;
  readonly retry?: RetryPolicy;
  readonly limits?: Partial<ClientLimits>;
  /** Makes the TCP connections, of both channels: a proxy, for instance. Default: a direct one. */
  readonly dial?: Dial;
  /** Hears what is said on the control connections; passwords are left out. */
  readonly log?: ClientLog;
  /** Ends the connecting. Each call has a signal of its own. */
  readonly signal?: AbortSignal | undefined;
}

/** What makes a server trusted, and what we show it. */
export interface TlsOptions {
  /** PEM: authorities that are trusted in place of those that Node brings. */
  readonly ca?: string | readonly string[];
  /**
   * Keys that are trusted whatever an authority says: `sha256//` and the base64 SHA-256 of the public key, as curl has
   * it, or the SHA-256 fingerprint of the certificate in hexadecimal. Nothing else is trusted then.
   */
  readonly pins?: readonly string[];
  /** Trust on first use: a server that no authority vouches for is remembered, and must be the same from then on. */
  readonly knownServers?: KnownServers;
  /** PEM: the certificate that we show, with its key. */
  readonly cert?: string;
  readonly key?: string;
  /** Opens an encrypted key. */
  readonly passphrase?: string;
  /** The name that the server's certificate must be for, where it is not `host`. */
  readonly serverName?: string;
  /** Default: `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion?: 'TLSv1.2' | 'TLSv1.3';
  /** Trusts whoever answers: passwords and files may go to anybody in between. For tests alone. Default: false. */
  readonly insecure?: boolean;
}

/** What makes an SSH server trusted, and how we sign in beside a password. */
export interface SshOptions {
  /** What is known of host keys: `knownHostsFiles` reads those of OpenSSH. Default: nothing, so that no server is trusted. */
  readonly knownHosts?: KnownHosts;
  /** Host keys that are trusted whatever is known: `SHA256:...` as OpenSSH shows them. Nothing else is trusted then. */
  readonly hostKeys?: readonly string[];
  /** Trusts whoever answers: passwords and files may go to anybody in between. For tests alone. Default: false. */
  readonly insecure?: boolean;
  /** Private keys to sign in by, tried in their order, before the agent's. */
  readonly keys?: readonly SshKey[];
  /** The path of the socket of an agent. Default: none. */
  readonly agent?: string;
  /** Answers what a server asks beside the password (keyboard-interactive), such as a second factor. */
  readonly answer?: (question: SshQuestion) => Promise<string>;
}

/** A private key, as OpenSSH or PEM has it. */
export interface SshKey {
  readonly key: string;
  /** Opens an encrypted one. A function is asked when it is needed. */
  readonly passphrase?: string | (() => Promise<string>);
}

/** A question of an SSH server (RFC 4256 section 3.2). */
export interface SshQuestion {
  readonly prompt: string;
  /** Whether the answer may be seen while it is typed. */
  readonly isVisible: boolean;
}

/** How often a call that failed for a passing reason is tried again, on a new connection where the old one is gone. */
export interface RetryPolicy {
  /** Tries in all; 1 never tries again. Default: 3. */
  readonly attempts?: number;
  /** Before the second try, in milliseconds; doubles with each further one. Default: 500. */
  readonly delayMs?: number;
  /** The longest wait, in milliseconds. Default: 10,000. */
  readonly maxDelayMs?: number;
}

/** Which bytes of a file a call reads. */
export interface ReadRange extends ByteRange, CallOptions {}
