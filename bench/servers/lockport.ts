import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ForeignServerOptions, ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { makePlace } from '../../test/interop/servers/place.ts';
import type { Target } from '../load/session.ts';

const program = fileURLToPath(new URL('../../bin/lockport', import.meta.url));
const settingsFile = 'lockport.yaml';
const user = 'alice';
const password = 'wonderland wonderland';

export interface LockportOptions extends ForeignServerOptions {
  /** Default: as Lockport comes, which is durable. */
  readonly durability?: 'fast' | 'durable';
  /** Whether an account's password is not hashed at each login. Default: as Lockport comes, which is so. */
  readonly remembersPasswords?: boolean;
  /** Serves SFTP, whose port is the server's then, and lets the account sign in by this key. */
  readonly publicKey?: string;
  /** Processes that serve. Default: one. */
  readonly workers?: number;
}

/** Lockport as its user starts it, by its command line and a configuration file. */
export async function startLockport(options: LockportOptions): Promise<ServerProcess> {
  const { durability, sessions, remembersPasswords = true, workers = 1, address, publicKey } = options;
  const reuse = options.sessionReuse === false ? 'prefer' : 'require';
  // Its passive ports are any free ones.
  const place = await makePlace(program, { ...(address !== undefined && { address }) });
  const limits = [
    ...(remembersPasswords ? [] : ['verifiedPasswordMs: 0']),
    ...(sessions === undefined
      ? []
      : ['maxConnections', 'maxConnectionsPerAddress', 'maxWaitingPasswordChecks'].map(
          (name) => `${name}: ${sessions}`,
        )),
  ];
  const configuration = await place.file(settingsFile, [
    `dataDir: ${join(dirname(place.root), 'data')}`,
    `root: ${place.root}`,
    `listen: ${place.address}`,
    'logLevel: warn',
    `workers: ${workers}`,
    `explicit: { port: ${place.port} }`,
    'implicit: { enabled: false }',
    `tls: { certificates: [{ certificate: ${place.certificateFile}, key: ${place.keyFile} }], sessionReuse: ${reuse} }`,
    ...(publicKey === undefined ? [] : [`sftp: { port: ${place.passivePorts.first} }`]),
    ...(durability === undefined ? [] : [`storage: { durability: ${durability} }`]),
    `limits: { ${limits.join(', ')} }`,
  ]);
  const server = await place.start([program, 'serve', '--config', configuration], {
    name: 'Lockport',
    directory: '/',
    user,
    password,
    versionArguments: ['version'],
  });
  addUser(server, user);
  if (publicKey === undefined) return server;
  execFileSync(program, ['user', 'key', 'add', user, publicKey, '--config', configuration], { stdio: 'ignore' });
  return { ...server, port: place.passivePorts.first };
}

/** Makes one more account, which was never there before. */
export function addAccount(server: ServerProcess): Target {
  const name = `user-${randomUUID()}`;
  addUser(server, name);
  return { port: server.port, user: name, password };
}

function addUser({ root }: ServerProcess, name: string): void {
  const args = ['user', 'add', name, '--home', '/', '--password-stdin', '--config', join(dirname(root), settingsFile)];
  execFileSync(program, args, { input: `${password}\n`, stdio: ['pipe', 'ignore', 'pipe'] });
}
