import { type TestContext, test } from 'node:test';
import { skipWithoutPrograms } from '../tool.ts';

/** An FTP server by somebody else, with one account, on a port of 127.0.0.1. */
export interface ForeignServer extends AsyncDisposable {
  readonly name: string;
  readonly version: string;
  readonly port: number;
  /** The directory on this disk that the account finds itself in. */
  readonly root: string;
  /** The path by which the account names `root`: `/` where the server confines it, else the same path as here. */
  readonly directory: string;
  readonly user: string;
  readonly password: string;
  /** Of the server, signed by itself, PEM; for `localhost` and 127.0.0.1. */
  readonly certificate: string;
  readonly certificateFile: string;
  /** Gives all that is in `root` to the account: a test that runs as root, and writes there, calls it. */
  handOver(): Promise<void>;
}

/** One in processes of its own. */
export interface ServerProcess extends ForeignServer {
  /** Leads the process group that all of the server's processes are in. */
  readonly processId: number;
}

export interface ForeignServerOptions {
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  /** The only version it speaks; default: both. */
  readonly tls?: 'TLSv1.2' | 'TLSv1.3';
  /** Whether a data connection must resume the TLS session; default: what the server can do best. */
  readonly sessionReuse?: boolean;
  /** Sessions at once from one address; default: what the server allows by itself. */
  readonly sessions?: number;
  /** Where it listens; default: 127.0.0.1. The certificate is for it as well. */
  readonly address?: string;
  /** The password's hash as crypt(3) makes it; default: SHA-512 at the usual 5,000 rounds. */
  readonly passwordHash?: string;
}

/** This server can't do that, or not as this user: a property of the program, not of the machine. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported';
}

/** Starts a server. @throws Unsupported, MissingProgram */
export type StartForeignServer = (options?: ForeignServerOptions) => Promise<ForeignServer>;

/** A test against a server of its own; it skips by name where the server is missing, or can't do what is asked. */
export function testAgainst(
  start: StartForeignServer,
  options: ForeignServerOptions,
  title: string,
  body: (server: ForeignServer, context: TestContext) => Promise<void>,
): void {
  test(title, (context) =>
    skipWithoutPrograms(context, async () => {
      try {
        await using server = await start(options);
        await body(server, context);
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error;
        context.skip(error.message);
      }
    }),
  );
}
