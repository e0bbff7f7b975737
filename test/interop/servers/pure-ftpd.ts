import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ForeignServerOptions, type ServerProcess, Unsupported } from './foreign-server.ts';
import { account, isRoot, makePlace, owner } from './place.ts';

/** pure-ftpd with a virtual account. Debian builds it without implicit TLS, and to be started by root. */
export async function startPureFtpd(options: ForeignServerOptions = {}): Promise<ServerProcess> {
  if (options.implicit) throw new Unsupported('pure-ftpd of Debian has no implicit TLS');
  if (options.sessionReuse) throw new Unsupported('pure-ftpd never requires a resumed TLS session');
  if (!isRoot) throw new Unsupported('pure-ftpd of Debian must be started by root');
  const place = await makePlace('pure-ftpd', options);
  const { uid, gid } = owner;
  const users = await place.file('users', [
    `${account.user}:${options.passwordHash ?? account.hash}:${uid}:${gid}::${place.root}/./${':'.repeat(12)}`,
  ]);
  const database = join(place.root, '../users.pdb');
  await place.run('usr/bin/pure-pw', ['mkdb', database, '-f', users]);
  const pem = await place.file('pure-ftpd.pem', [
    await readFile(place.certificateFile, 'utf8'),
    await readFile(place.keyFile, 'utf8'),
  ]);
  const sessions = options.sessions?.toString();
  const args = [
    ['--bind', `127.0.0.1,${place.port}`],
    ['--passiveportrange', `${place.passivePorts.first}:${place.passivePorts.last}`],
    ['--login', `puredb:${database}`],
    ['--pidfile', join(place.root, '../pid')],
    ['--minuid', '1'],
    // TLS on both channels, or no login.
    ['--tls', '3'],
    ['--certfile', pem],
    // Else no more than 10,000 entries of a directory are listed.
    ['--limitrecursion', '1000000:5'],
    ...(sessions === undefined ? [] : [['--maxclientsnumber', sessions, '--maxclientsperip', sessions]]),
    ['--noanonymous', '--chrooteveryone', '--dontresolve', '--displaydotfiles'],
  ];
  return place.start([place.program, ...args.flat()], {
    name: 'pure-ftpd',
    directory: '/',
    user: account.user,
    password: account.password,
    versionArguments: ['--help'],
  });
}
