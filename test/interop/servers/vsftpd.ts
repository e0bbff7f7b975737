import { chmod, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type ForeignServerOptions, type ServerProcess, Unsupported } from './foreign-server.ts';
import { account, isRoot, makePlace, owner, type Place } from './place.ts';

/**
 * vsftpd asks PAM for accounts, whose files only root can place; so its account is the anonymous one, which may write.
 * It doesn't run as root: then it would confine that account to its directory, and refuse because that can be written.
 */
export async function startVsftpd(options: ForeignServerOptions = {}): Promise<ServerProcess> {
  const place = await makePlace('vsftpd', options);
  const settings = await place.file('vsftpd.conf', [
    ...commonSettings(place, options),
    'run_as_launching_user=YES',
    `secure_chroot_dir=${place.root}`,
    'local_enable=NO',
    'anonymous_enable=YES',
    'ftp_username=nobody',
    `anon_root=${place.root}`,
    'anon_upload_enable=YES',
    'anon_mkdir_write_enable=YES',
    'anon_other_write_enable=YES',
    'anon_world_readable_only=NO',
    'anon_umask=022',
    'allow_anon_ssl=YES',
    'force_anon_logins_ssl=YES',
    'force_anon_data_ssl=YES',
  ]);
  return place.start([...(await place.programOfOwner()), settings], {
    name: 'vsftpd',
    directory: place.root,
    user: 'anonymous',
    password: 'anything',
    versionArguments: ['-v'],
  });
}

/**
 * vsftpd as root with an account of the system, as most people run it. The account is in files that only this vsftpd sees
 * in the place of the system's own.
 */
export async function startVsftpdWithAccount(options: ForeignServerOptions = {}): Promise<ServerProcess> {
  if (!isRoot) throw new Unsupported('vsftpd needs root for accounts of the system');
  const place = await makePlace('vsftpd', options);
  const hash = options.passwordHash ?? account.hash;
  const own: readonly (readonly [systemFile: string, lines: readonly string[]])[] = [
    [
      '/etc/passwd',
      [
        `nobody:x:${owner.uid}:${owner.gid}::/:/bin/sh`,
        `${account.user}:x:${owner.uid}:${owner.gid}::${place.root}:/bin/sh`,
      ],
    ],
    ['/etc/shadow', [`${account.user}:${hash}:20000:0:99999:7:::`]],
    [
      '/etc/pam.d/other',
      ['auth required pam_unix.so', 'account required pam_unix.so', 'session required pam_permit.so'],
    ],
  ];
  const mounts: string[] = [];
  for (const [systemFile, lines] of own) {
    const file = await place.file(basename(systemFile), lines);
    await chmod(file, 0o644);
    mounts.push(`mount --bind ${file} ${systemFile}`);
  }
  const empty = join(place.root, '../empty');
  await mkdir(empty);
  const settings = await place.file('vsftpd.conf', [
    ...commonSettings(place, options),
    `secure_chroot_dir=${empty}`,
    'local_enable=YES',
    'anonymous_enable=NO',
    'pam_service_name=lockport-test',
    'nopriv_user=nobody',
    'local_umask=022',
    'force_local_logins_ssl=YES',
    'force_local_data_ssl=YES',
  ]);
  const command = [
    'unshare',
    '--mount',
    '/bin/sh',
    '-c',
    [...mounts, 'exec "$0" "$@"'].join(' && '),
    place.program,
    settings,
  ];
  return place.start(command, {
    name: 'vsftpd',
    directory: place.root,
    user: account.user,
    password: account.password,
    versionArguments: ['-v'],
  });
}

function commonSettings(place: Place, options: ForeignServerOptions): readonly string[] {
  return [
    'listen=YES',
    'listen_ipv6=NO',
    'background=NO',
    `listen_address=${place.address}`,
    `listen_port=${place.port}`,
    `pasv_min_port=${place.passivePorts.first}`,
    `pasv_max_port=${place.passivePorts.last}`,
    'connect_from_port_20=NO',
    ...(options.sessions === undefined ? [] : [`max_clients=${options.sessions}`, `max_per_ip=${options.sessions}`]),
    // Both need rights or system calls that containers do not give.
    'isolate=NO',
    'isolate_network=NO',
    'seccomp_sandbox=NO',

    'allow_writeable_chroot=YES',
    'write_enable=YES',
    'mdtm_write=YES',
    'xferlog_enable=NO',

    'ssl_enable=YES',
    `implicit_ssl=${yes(options.implicit ?? false)}`,
    'strict_ssl_read_eof=YES',
    `require_ssl_reuse=${yes(options.sessionReuse ?? true)}`,
    'ssl_ciphers=HIGH',
    `rsa_cert_file=${place.certificateFile}`,
    `rsa_private_key_file=${place.keyFile}`,
  ];
}

function yes(value: boolean): 'YES' | 'NO' {
  return value ? 'YES' : 'NO';
}
