import { chmod, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type ServerProcess, Unsupported } from '../../../test/interop/servers/foreign-server.ts';
import { account, isRoot, makePlace, owner } from '../../../test/interop/servers/place.ts';
import { makeKey } from './sftp-server.ts';

/**
 * OpenSSH's sshd as root with its own SFTP server, as most people run it. The account, and that of its unprivileged processes, are
 * in files that only this sshd sees in the place of the system's own.
 */
export async function startOpenSsh(publicKey: string, sessions: number): Promise<ServerProcess> {
  if (!isRoot) throw new Unsupported('sshd needs root for accounts of the system');
  const place = await makePlace('sshd', {});
  const directory = dirname(place.root);
  const [hostKey, authorized] = [join(directory, 'host_key'), join(directory, 'authorized_keys')];
  makeKey(hostKey);
  await writeFile(authorized, `${publicKey}\n`, { mode: 0o644 });
  const { uid, gid } = owner;
  const own = {
    '/etc/passwd': [
      'root:x:0:0::/root:/bin/sh',
      `sshd:x:${uid - 1}:${gid}::/run/sshd:/bin/sh`,
      `${account.user}:x:${uid}:${gid}::${place.root}:/bin/sh`,
    ],
    '/etc/shadow': [`${account.user}:*:20000:0:99999:7:::`],
  };
  const mounts = ['mount -t tmpfs tmpfs /run', 'mkdir -m 755 /run/sshd'];
  for (const [systemFile, lines] of Object.entries(own)) {
    const file = await place.file(basename(systemFile), lines);
    await chmod(file, 0o644);
    mounts.push(`mount --bind ${file} ${systemFile}`);
  }
  const configuration = await place.file('sshd_config', [
    `Port ${place.port}`,
    `ListenAddress ${place.address}`,
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorized}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PidFile none',
    'LogLevel ERROR',
    `MaxStartups ${2 * sessions}`,
    `Subsystem sftp ${place.tool('usr/lib/openssh/sftp-server')}`,
  ]);
  const steps = [...mounts, 'exec "$0" "$@"'].join(' && ');
  const command = ['unshare', '--mount', '/bin/sh', '-c', steps, place.program, '-D', '-e', '-f', configuration];
  return place.start(command, {
    name: 'OpenSSH',
    directory: place.root,
    user: account.user,
    password: '',
    versionArguments: ['-V'],
  });
}
