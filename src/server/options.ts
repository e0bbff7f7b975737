import type { EventSink, Gatekeeper, Limits, ListenerMode } from '../core/index.ts';
import type { TlsSettings } from '../transport/index.ts';

/** Where one kind of control connection is accepted. */
export interface ListenerOptions {
  /** `explicit`: the connection begins in clear and AUTH TLS secures it. `implicit`: TLS from the first byte. */
  readonly mode: ListenerMode;
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
  /** Plain FTP: whether a password, and whether files, may travel in clear. Both are refused unless allowed here. */
  readonly clear?: { readonly login?: boolean; readonly data?: boolean };
  readonly passive?: {
    /** Inclusive. Absent: any free one of the dynamic ports, 49152 to 65535. */
    readonly ports?: { readonly from: number; readonly to: number };
    /** The IPv4 address or host name that PASV announces, for a server behind NAT. */
    readonly address?: string;
  };
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
  readonly onEvent?: EventSink;
}

/** The options that may change while the server runs. Sessions that are open keep what they began with. */
export type ReloadableOptions = Omit<ServerOptions, 'listeners' | 'onEvent'>;
