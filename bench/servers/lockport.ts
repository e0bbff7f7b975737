import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ForeignServerOptions, ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import { makePlace } from '../../test/interop/servers/place.ts';

const program = fileURLToPath(new URL('../../bin/lockport', import.meta.url));
const user = 'alice';
const password = 'wonderland wonderland';

export interface LockportOptions extends ForeignServerOptions {
  /** Default: as Lockport comes, which is durable. */
  readonly durability?: 'fast' | 'durable';
}

/** Lockport as its user starts it, by its command line and a configuration file. */
export async function startLockport({ durability, sessions, ...options }: LockportOptions): Promise<ServerProcess> {
  const place = await makePlace(program, options);
  const dataDirectory = join(dirname(place.root), 'data');
  const configuration = await place.file('lockport.yaml', [
    `dataDir: ${dataDirectory}`,
    `root: ${place.root}`,
    'listen: 127.0.0.1',
    'logLevel: warn',
    `explicit: { port: ${place.port} }`,
    'implicit: { enabled: false }',
    `tls: { certificates: [{ certificate: ${place.certificateFile}, key: ${place.keyFile} }] }`,
    ...(durability === undefined ? [] : [`storage: { durability: ${durability} }`]),
    ...(sessions === undefined
      ? []
      : [
          `limits: { maxConnections: ${sessions}, maxConnectionsPerAddress: ${sessions}, maxWaitingPasswordChecks: ${sessions} }`,
        ]),
  ]);
  const server = await place.start([program, 'serve', '--config', configuration], {
    name: 'Lockport',
    directory: '/',
    user,
    password,
    versionArguments: ['version'],
  });
  const addUser = ['user', 'add', user, '--home', '/', '--password-stdin', '--config', configuration];
  execFileSync(program, addUser, { input: `${password}\n`, stdio: ['pipe', 'ignore', 'pipe'] });
  return server;
}
