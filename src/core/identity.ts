import type { Ability } from './abilities.ts';
import type { Account, EndOfStream, SessionReuse } from './account/index.ts';
import type { DecidingRule } from './deciding-rule.ts';
import type { Protocol } from './events.ts';
import type { Files } from './files.ts';
import type { PublicKey } from './public-key.ts';
import type { LoginRefusal } from './refusals.ts';
import type { SshFacts } from './ssh.ts';
import type { TlsFacts } from './tls.ts';

/** The other side of a control connection, as far as it is known. */
export interface Peer {
  readonly session: string;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly tls?: TlsFacts;
  /** Of SFTP. */
  readonly ssh?: SshFacts;
  /** The virtual host that it asked for (HOST, RFC 7151), lower-case. */
  readonly host?: string;
  /** The rule of the listener that it came to, for accounts that have none of their own. */
  readonly sessionReuse?: SessionReuse;
  /** The accounts that this listener is for. Absent: all. */
  readonly accounts?: ReadonlySet<string>;
}

/** `code`: of an authenticator (RFC 6238), where the peer was asked for it. */
export type Credentials =
  /** `key`: one by which the peer has signed on this connection before, as for `public-key`. */
  | {
      readonly kind: 'password';
      readonly password: string;
      readonly key?: PublicKey | undefined;
      readonly code?: string | undefined;
    }
  /** The certificate of `peer.tls`, alone. */
  | { readonly kind: 'certificate'; readonly code?: string | undefined }
  /** A key whose signature over its session the front-end has verified (RFC 4252 section 7); any other it refuses by itself. */
  | {
      readonly kind: 'public-key';
      readonly key: PublicKey;
      readonly signature: 'verified';
      readonly code?: string | undefined;
    };

/**
 * Why a login is refused. A peer without a valid credential always gets `credentials`, which does not tell whether the
 * account exists. The message may be shown to the peer.
 */
export interface Refusal {
  readonly refused: LoginRefusal;
  readonly message: string;
  /** What really happened (`unknown user`, `disabled`, ...), for the log alone: it is never shown to the peer. */
  readonly detail?: string;
  /** The peer should be sent away at once (421), and not be asked again. */
  readonly close?: boolean;
  /** The rule that refuses, for operators: it is never shown to the peer. */
  readonly rule?: DecidingRule;
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}

/** Finds the account that the credentials belong to. A library user may give an own one. */
export interface Authenticator {
  authenticate(user: string, credentials: Credentials, peer: Peer): Promise<Account | Refusal>;
  /**
   * The account that this key would open once it has signed. Clients ask before they sign (RFC 4252 section 7,
   * SSH_MSG_USERAUTH_PK_OK). Absent: keys open no account.
   */
  findByKey?(user: string, key: PublicKey, peer: Peer): Promise<Account | undefined>;
  /**
   * Asked for an account that `authenticate` has given by these credentials: whether the code of an authenticator has to go with
   * them (`code-missing`), or is wrong (`credentials`). A code that was taken is never right again. Absent: no account has a
   * second factor.
   */
  secondFactor?(account: Account, credentials: Credentials): Promise<Refusal | undefined>;
  /**
   * Why an account that `authenticate` has given can't be used until its password is changed (`password-due`), or that its
   * password has expired and is not its holder's to change. Absent: there is nothing of that kind.
   */
  passwordDue?(account: Account): Refusal | undefined;
  /**
   * Sets another password for an account that `authenticate` has given by the present one. Gives why it did not. Absent: nobody
   * sets a password through a front-end.
   */
  changePassword?(account: Account, password: string): Promise<Refusal | undefined>;
  /**
   * What `authenticate` would say of right credentials: of the certificate of the peer, where it shows one, and else of the
   * right password. Nothing is counted. Absent: nobody can tell.
   */
  judge?(user: string, peer: Peer): Promise<Account | Refusal>;
  /** Called when a login is admitted for good, with the account that `authenticate` gave. The login does not wait for it. */
  admitted?(account: Account, credentials: Credentials): Promise<void>;
}

/** Limits how fast bytes pass. `take` resolves when `bytes` may pass. Sessions that share a limit share one limiter. */
export interface RateLimiter {
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** The rules for one signed-in session, as values that the gatekeeper sets. */
export interface Policy {
  readonly sessionReuse: SessionReuse;
  readonly endOfStream: EndOfStream;
  readonly upload?: RateLimiter;
  readonly download?: RateLimiter;
  /** The session ends when it has been idle for so long, where the front-end's own limit is not shorter. */
  readonly idleMs?: number;
}

/** What a signed-in session works with. Disposing it frees the session's slot. */
export interface Workspace extends AsyncDisposable {
  readonly account: Account;
  /** Confined to the account's home, and holding its rights and its quota. */
  readonly files: Files;
  readonly policy: Policy;
  /**
   * Aborts when the session must end at once (421): the account was disabled or removed, has expired, has another
   * password, ... Its reason is an `Error` whose message says which, for the log alone. Absent: that never happens.
   */
  readonly revoked?: AbortSignal;
}

/** Every front-end asks it for each login; nothing else knows accounts. It publishes each admission and each refusal. */
export interface Gatekeeper {
  /**
   * Whether the storages of accounts have this ability, as far as that is known before login: FEAT announces it. Absent,
   * or undefined: the ability is assumed until the session has its storage.
   */
  can?(ability: Ability): boolean | undefined;
  /** Asked before a greeting is sent. */
  welcome(peer: Peer): Refusal | undefined;
  /**
   * A wrong password is answered late on purpose. When `signal` aborts, it rejects with an AbortError; but a password that
   * was found wrong by then is refused at once.
   */
  admit(user: string, credentials: Credentials, peer: Peer, signal?: AbortSignal): Promise<Workspace | Refusal>;
  /**
   * Whether `admit` may succeed with this key once its signature is verified (RFC 4252 section 7). It admits nobody and
   * counts no failure, because keys can't be guessed. A refusal: it is a key of the account, whose rules refuse the peer;
   * that is published, and the peer is told no more than of a key that is none. Absent: no key is accepted.
   */
  wouldAdmit?(user: string, key: PublicKey, peer: Peer, signal?: AbortSignal): Promise<boolean | Refusal>;
  /**
   * Sets another password for whoever proves the present one, which is counted and delayed as at a login. The other sessions of
   * the account end. Gives why it did not. Absent: nobody sets a password through a front-end.
   */
  changePassword?(
    user: string,
    passwords: PasswordPair,
    peer: Peer,
    signal?: AbortSignal,
  ): Promise<Refusal | undefined>;
}

/** The present password of an account, and the one that is to take its place. */
export interface PasswordPair {
  readonly from: string;
  readonly to: string;
}

/** The end of what holds until it is taken back: the last moment that there is. */
export const FOREVER = new Date(8.64e15);

/** No connection from this network is accepted until then. */
export interface Ban {
  /** An address or a CIDR range. Where failed logins brought the ban: an IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string;
  /** `FOREVER`: until somebody lifts it. */
  readonly until: Date;
  /** Who runs the server has set it. Absent: failed logins have. */
  readonly operator?: { readonly since: Date; readonly reason: string };
}

/** Keeps bans over a restart. A call waits for other users of the store without blocking the process. */
export interface BanStore {
  /** The bans that still hold, each network once. */
  load(): Promise<readonly Ban[]>;
  /** A ban of a network that has one already replaces it. */
  save(ban: Ban): Promise<void>;
  /** Does nothing where the network has none. It must be written as it was saved. */
  remove(network: string): Promise<void>;
}
