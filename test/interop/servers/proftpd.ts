import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ForeignServerOptions, type ServerProcess, Unsupported } from './foreign-server.ts';
import { account, makePlace, owner } from './place.ts';

/** proftpd with mod_tls, and an account from a file of its own. */
export async function startProftpd(options: ForeignServerOptions = {}): Promise<ServerProcess> {
  const user = await ownerName('-un');
  const group = await ownerName('-gn');
  const place = await makePlace('proftpd', options);
  const { uid, gid } = owner;
  const users = await place.file('users', [
    `${account.user}:${options.passwordHash ?? account.hash}:${uid}:${gid}::${place.root}:/bin/false`,
  ]);
  const groups = await place.file('groups', [`users:x:${gid}:`]);
  const tlsOptions = [
    ...(options.implicit ? ['UseImplicitSSL'] : []),
    ...(options.sessionReuse === false ? ['NoSessionReuseRequired'] : []),
  ];
  const settings = await place.file('proftpd.conf', [
    `ModulePath ${place.tool('usr/lib/proftpd')}`,
    'LoadModule mod_tls.c',
    'ServerName proftpd',
    'ServerType standalone',
    'DefaultAddress 127.0.0.1',
    'UseIPv6 off',
    `Port ${place.port}`,
    `PassivePorts ${place.passivePorts.first} ${place.passivePorts.last}`,
    `User ${user}`,
    `Group ${group}`,
    `PidFile ${join(place.root, '../pid')}`,
    `ScoreboardFile ${join(place.root, '../scoreboard')}`,
    'ControlsEngine off',
    'DelayEngine off',
    'UseReverseDNS off',
    'SystemLog none',
    'TransferLog none',
    'WtmpLog off',

    'AuthOrder mod_auth_file.c',
    `AuthUserFile ${users}`,
    `AuthGroupFile ${groups}`,
    'UseFtpUsers off',
    'RequireValidShell off',
    'AllowOverwrite on',
    'AllowStoreRestart on',
    'AllowRetrieveRestart on',

    'TLSEngine on',
    'TLSRequired on',
    `TLSProtocol ${options.tls ?? 'TLSv1.2 TLSv1.3'}`,
    `TLSECCertificateFile ${place.certificateFile}`,
    `TLSECCertificateKeyFile ${place.keyFile}`,
    'TLSVerifyClient off',
    'TLSRenegotiate none',
    ...(tlsOptions.length > 0 ? [`TLSOptions ${tlsOptions.join(' ')}`] : []),
  ]);
  return place.start([place.program, '--nodaemon', '--config', settings], {
    name: 'proftpd',
    directory: place.root,
    user: account.user,
    password: account.password,
    versionArguments: ['--version'],
  });
}

/** proftpd insists on names for the user and the group that it runs as. */
async function ownerName(flag: '-un' | '-gn'): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('id', [flag, `${owner.uid}`]);
    return stdout.trim();
  } catch (cause) {
    throw new Unsupported('proftpd must be started by a user who has a name', { cause });
  }
}
