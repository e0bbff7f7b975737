import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type Client, type ClientLogEntry, type ConnectOptions, connect } from '../../../src/client/index.ts';
import { type ForeignServer, type StartForeignServer, testAgainst } from '../servers/foreign-server.ts';
import { startProftpd } from '../servers/proftpd.ts';
import { startPureFtpd } from '../servers/pure-ftpd.ts';
import { startVsftpd } from '../servers/vsftpd.ts';
import { startLockport } from './lockport.ts';

export const SERVERS = {
  vsftpd: startVsftpd,
  proftpd: startProftpd,
  'pure-ftpd': startPureFtpd,
  lockport: startLockport,
} as const satisfies { readonly [name: string]: StartForeignServer };

export type ServerName = keyof typeof SERVERS;

export const SERVER_NAMES = Object.keys(SERVERS) as readonly ServerName[];

/** One way to talk to one server. */
export interface Cell {
  readonly server: ServerName;
  readonly security: 'explicit' | 'implicit';
  readonly tls: 'TLSv1.2' | 'TLSv1.3';
}

/** All of them; what a server does not know is skipped by name. */
export const CELLS: readonly Cell[] = SERVER_NAMES.flatMap((server) =>
  (['explicit', 'implicit'] as const).flatMap((security) =>
    (['TLSv1.2', 'TLSv1.3'] as const).map((tls) => ({ server, security, tls })),
  ),
);

/** pure-ftpd 1.0.50 issues no tickets in TLS 1.3, so there is no session to resume; all the others must resume it. */
export function resumesSessions({ server, tls }: Pick<Cell, 'server' | 'tls'>): boolean {
  return server !== 'pure-ftpd' || tls !== 'TLSv1.3';
}

/** A test against a server of its own. */
export function testCell(
  cell: Cell,
  title: string,
  body: (setting: Setting, context: TestContext) => Promise<void>,
): void {
  const { server: name, security, tls } = cell;
  const options = { implicit: security === 'implicit', tls };
  testAgainst(SERVERS[name], options, `${name}, ${security}, ${tls}: ${title}`, async (server, context) => {
    await using setting = await settle(cell, server);
    await body(setting, context);
  });
}

/** A server, a client that it knows, and a directory for local files. */
export interface Setting extends AsyncDisposable {
  readonly server: ForeignServer;
  readonly client: Client;
  /** What the client was made from. */
  readonly options: ConnectOptions;
  /** What it did so far. */
  readonly log: readonly ClientLogEntry[];
  /** The path of a local file of the test's own. */
  readonly local: (name: string) => string;
  /** Where the server keeps a file. */
  readonly remote: (name: string) => string;
}

async function settle(cell: Cell, server: ForeignServer): Promise<Setting> {
  const { security, tls } = cell;
  const log: ClientLogEntry[] = [];
  const options: ConnectOptions = {
    host: 'localhost',
    port: server.port,
    security,
    user: server.user,
    password: server.password,
    directory: server.directory,
    tls: { ca: server.certificate, minVersion: tls, maxVersion: tls },
    sessionReuse: resumesSessions(cell) ? 'require' : 'prefer',
    retry: { attempts: 1 },
    log: (entry) => log.push(entry),
  };
  const client = await connect(options);
  const scratch = await mkdtemp(join(tmpdir(), 'lockport-cell-'));
  return {
    server,
    client,
    options,
    log,
    local: (name) => join(scratch, name),
    remote: (name) => join(server.root, name),
    async [Symbol.asyncDispose]() {
      await client.close();
      await rm(scratch, { recursive: true });
    },
  };
}
