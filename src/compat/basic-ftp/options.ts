import type { ConnectionOptions } from 'node:tls';
import type { FileInfo } from './file-info.ts';
import type { FTPContext } from './ftp-context.ts';
import type { FTPResponse } from './ftp-error.ts';

export interface AccessOptions {
  /** Name or address. Default: `localhost`. */
  readonly host?: string;
  /** Default: 21, with implicit TLS too. */
  readonly port?: number;
  /** Default: `anonymous`. */
  readonly user?: string;
  /** Default: `guest`. */
  readonly password?: string;
  /**
   * `true`: TLS before the login (AUTH TLS). `implicit`: TLS from the first byte. `false`, the default: **no TLS. The
   * password and all files can be read by everybody on the way.** basic-ftp has this default, and it is kept; the native
   * client, `lockport/client`, has the opposite one.
   */
  readonly secure?: boolean | 'implicit';
  /** As `tls.connect` takes them, for all connections. */
  readonly secureOptions?: ConnectionOptions;
}

export interface ClientOptions {
  /** Lets the server name another host for data connections. Default: false; then it is an error. */
  allowSeparateTransferHost: boolean;
  /** Bytes of one listing at the most. Default: 40 MiB. */
  maxListingBytes: number;
}

/** Prepares a data connection: agrees with the server on one, and sets `ftp.dataSocket`. */
export type TransferStrategy = (ftp: FTPContext) => Promise<FTPResponse>;

/** Reads a listing. */
export type RawListParser = (rawList: string) => FileInfo[];
