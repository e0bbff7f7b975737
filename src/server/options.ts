import type {
  FtpListenerMode,
  Gatekeeper,
  Limits,
  Publish,
  ReceiptIssuer,
  RecordKeeper,
  SessionReuse,
} from '../core/index.ts';
import type { TlsSettings, TlsVersions } from '../transport/index.ts';

/** Plain FTP: whether a password, and whether files, may travel in clear. Both are refused unless allowed here. */
export interface ClearOptions {
  readonly login?: boolean;
  readonly data?: boolean;
}

export interface PassiveOptions {
  /** Inclusive. Absent: any free one of the dynamic ports, 49152 to 65535. */
  readonly ports?: { readonly from: number; readonly to: number };
  /** The IPv4 address or host name that PASV announces, for a server behind NAT. Absent: the one that the client reached. */
  readonly address?: string;
  /** What PASV announces to clients of a network, instead of `address`. The first that fits counts. */
  readonly networks?: readonly PassiveNetwork[];
}

export interface PassiveNetwork {
  /** An address, or a CIDR range. */
  readonly clients: string;
  /** Absent: the address that the client reached. */
  readonly address?: string;
}

/** What holds for the sessions of one listener. What is absent is as the server's own options say. */
export interface ListenerRules {
  readonly tls?: TlsVersions;
  readonly clear?: ClearOptions;
  readonly passive?: PassiveOptions;
  readonly sessionReuse?: SessionReuse;
  /** Names of the accounts that may sign in here. Absent: all. */
  readonly accounts?: readonly string[];
}

/** Where one kind of control connection is accepted, and what is special about it. */
export interface ListenerOptions extends ListenerRules {
  /** `explicit`: the connection begins in clear and AUTH TLS secures it. `implicit`: TLS from the first byte. */
  readonly mode: FtpListenerMode;
  /** 0: any free port. */
  readonly port: number;
  /** Absent: every address of the machine, IPv4 and IPv6. */
  readonly address?: string;
}

/** All that a server is told. What is absent has the safe value. */
export interface ServerOptions {
  readonly listeners: readonly ListenerOptions[];
  readonly gatekeeper: Gatekeeper;
  readonly tls: TlsSettings;
  readonly clear?: ClearOptions;
  readonly passive?: PassiveOptions;
  /** Whether data connections resume the TLS session, for accounts that do not say otherwise. Default: as the gatekeeper says. */
  readonly sessionReuse?: SessionReuse;
  /** Whether PORT and EPRT work (to the peer's own address and ports from 1024 on). Default false. */
  readonly active?: boolean;
  /** Whether MODE Z may be chosen. Default false. */
  readonly compression?: boolean;
  /** Whether SITE SYMLINK works. Default false. */
  readonly site?: { readonly symlink?: boolean };
  /** Names that HOST (RFC 7151) accepts beside those of the certificates. */
  readonly hosts?: readonly string[];
  /** The text of the 220 greeting. */
  readonly greeting?: string;
  /** Whether each transfer's SHA-256 is computed for its event. */
  readonly digestTransfers?: boolean;
  readonly limits?: Partial<Limits>;
  /** Takes what happens: `publisher(sink)`, the same for the gatekeeper, so that all is in one stream. */
  readonly publish?: Publish;
  /** Holds each reply until what it acknowledges is recorded, and refuses operations where nothing can be. Absent: nothing waits. */
  readonly records?: RecordKeeper | undefined;
  /** Signs what SITE RECEIPT states. Absent: there are no receipts. */
  readonly receipts?: ReceiptIssuer | undefined;
}

/** The options that may change while the server runs. Sessions that are open keep what they began with. */
export type ReloadableOptions = Omit<ServerOptions, 'listeners' | 'publish' | 'records' | 'receipts'> & {
  /** The rules of each listener, in their order. Where it listens can't change. */
  readonly listeners?: readonly ListenerRules[];
};
