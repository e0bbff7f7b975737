import type { Protocol } from './events.ts';
import type { VirtualPath } from './path.ts';
import type { Storage } from './storage.ts';
import type { TlsFacts } from './tls.ts';

/** What an account may do. `times` sets times and modes; `upload` makes new files, `overwrite` replaces them. */
export const RIGHTS = [
  'list',
  'download',
  'upload',
  'overwrite',
  'append',
  'delete',
  'rename',
  'make-directory',
  'times',
] as const;
export type Right = (typeof RIGHTS)[number];

/** The rights below a path; of several rules the one with the longest path that covers an entry decides alone. */
export interface RightsRule {
  readonly path: VirtualPath;
  readonly rights: readonly Right[];
}

/**
 * Which TLS session a data connection must resume. `strict`: that of its own control connection. `require`: that of some
 * control connection which is open, of the same account and from the same address. `prefer`: as `require`, but another
 * one is accepted, and the log says so. `off`: none.
 */
export const SESSION_REUSE_RULES = ['strict', 'require', 'prefer', 'off'] as const;
export type SessionReuse = (typeof SESSION_REUSE_RULES)[number];
/** Whether an upload whose TLS stream did not end in close_notify is refused (`strict`) or believed (`lenient`). */
export type EndOfStream = 'strict' | 'lenient';
/** What a client certificate is to an account: nothing, needed beside the password, or enough by itself (reply 232). */
export type CertificateUse = 'none' | 'with-password' | 'instead-of-password';

/** A person or program that may sign in, and all that is fixed about it. */
export interface Account {
  readonly name: string;
  /** The directory of the storage that this account sees as `/`. */
  readonly home: VirtualPath;
  /** Paths are the account's own (its home is `/`). */
  readonly rights: readonly RightsRule[];
  readonly quota: { readonly bytes?: number; readonly files?: number };
  /** Bytes a second over all sessions of the account together. */
  readonly rate: { readonly upload?: number; readonly download?: number };
  readonly maxSessions?: number;
  /** Addresses and CIDR ranges it may come from; empty: anywhere. */
  readonly allowedAddresses: readonly string[];
  readonly expires?: Date;
  readonly disabled: boolean;
  readonly certificate: {
    readonly use: CertificateUse;
    /** SHA-256 fingerprints (lower-case hex, no colons) that are its own; empty: a subject CN equal to its name. */
    readonly fingerprints: readonly string[];
  };
  /** What differs from the server's own rule for this account. */
  readonly sessionReuse?: SessionReuse;
  readonly endOfStream?: EndOfStream;
}

/** The other side of a control connection, as far as it is known. */
export interface Peer {
  readonly session: string;
  readonly protocol: Protocol;
  readonly address: string;
  readonly port: number;
  readonly tls?: TlsFacts;
  /** The virtual host that it asked for (HOST, RFC 7151), lower-case. */
  readonly host?: string;
  /** The rule of the listener that it came to, for accounts that have none of their own. */
  readonly sessionReuse?: SessionReuse;
  /** The accounts that this listener is for. Absent: all. */
  readonly accounts?: ReadonlySet<string>;
}

export type Credentials =
  | { readonly kind: 'password'; readonly password: string }
  /** The certificate of `peer.tls`, alone. */
  | { readonly kind: 'certificate' };

/**
 * Why someone is not let in. `credentials` is the only answer to whoever has not shown a valid one: it says nothing on
 * whether the account exists. The message may be shown to the peer.
 */
export interface Refusal {
  readonly refused:
    | 'credentials'
    | 'banned'
    | 'throttled'
    | 'expired'
    | 'address'
    | 'too-many-sessions'
    | 'unavailable';
  readonly message: string;
  /** What really happened (`unknown user`, `disabled`, ...), for the log alone: it is never shown to the peer. */
  readonly detail?: string;
  /** The peer should be sent away at once (421), and not be asked again. */
  readonly close?: boolean;
}

export function isRefusal(value: object): value is Refusal {
  return 'refused' in value;
}

/** Decides who somebody is. A library user's own goes here. */
export interface Authenticator {
  authenticate(user: string, credentials: Credentials, peer: Peer): Promise<Account | Refusal>;
}

/** Takes `bytes` from an allowance; resolves when they may pass. Shared by all sessions that share the allowance. */
export interface Pace {
  take(bytes: number, signal?: AbortSignal): Promise<void>;
}

/** What holds for one signed-in session: values, handed in by whoever admits it. */
export interface Policy {
  readonly sessionReuse: SessionReuse;
  readonly endOfStream: EndOfStream;
  readonly upload?: Pace;
  readonly download?: Pace;
  /** Whether the right is held at this path: for what a listing says (MLSx `perm`). The storage itself enforces it. */
  allows(right: Right, path: VirtualPath): boolean;
}

/** What a signed-in session works with. Disposing it gives back its place (session counts and the like). */
export interface Workspace extends AsyncDisposable {
  readonly account: Account;
  /** Already confined to the account's home, and holding its rights and its quota. */
  readonly storage: Storage;
  readonly policy: Policy;
  /**
   * Aborts when the session must end at once (421): the account was disabled or removed, has expired, has another
   * password, ... Its reason is an `Error` whose message says which, for the log alone. Absent: that never happens.
   */
  readonly revoked?: AbortSignal;
}

/** The one door: every front-end asks here, and nothing else knows accounts. It publishes who was let in, and who was not. */
export interface Gatekeeper {
  /**
   * Whether the storages of accounts have this optional method, where that is known before anybody has signed in: for what
   * is announced (FEAT). Absent, or undefined: it is taken for granted until a storage is there.
   */
  can?(method: keyof Storage): boolean | undefined;
  /** Asked before a greeting is sent. */
  welcome(peer: Peer): Refusal | undefined;
  /**
   * Slow by design for a wrong answer; the delay is part of it. When `signal` says that nobody waits any more, rejects with
   * an AbortError; a password that was found wrong is a refusal all the same, at once.
   */
  admit(user: string, credentials: Credentials, peer: Peer, signal?: AbortSignal): Promise<Workspace | Refusal>;
}

/** Nobody may come from this network until then. */
export interface Ban {
  /** An IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string;
  readonly until: Date;
}

/** Keeps bans over a restart. Every call waits for whoever else works on the store, and holds up nothing else meanwhile. */
export interface BanStore {
  /** The bans that still hold, each network once. */
  load(): Promise<readonly Ban[]>;
  /** A ban of a network that has one already replaces it. */
  save(ban: Ban): Promise<void>;
}
