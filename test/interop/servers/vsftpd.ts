import type { ForeignServerOptions, ServerProcess } from './foreign-server.ts';
import { makePlace } from './place.ts';

/**
 * vsftpd asks PAM for accounts, whose files only root can place; so its account is the anonymous one, which may write.
 * It never runs as root: then it would confine that account to its directory, and refuse because that can be written.
 */
export async function startVsftpd(options: ForeignServerOptions = {}): Promise<ServerProcess> {
  const place = await makePlace('vsftpd', options);
  const settings = await place.file('vsftpd.conf', [
    'listen=YES',
    'listen_ipv6=NO',
    'background=NO',
    'listen_address=127.0.0.1',
    `listen_port=${place.port}`,
    `pasv_min_port=${place.passivePorts.first}`,
    `pasv_max_port=${place.passivePorts.last}`,
    'connect_from_port_20=NO',
    'run_as_launching_user=YES',
    `secure_chroot_dir=${place.root}`,
    // Both need rights or system calls that containers do not give.
    'isolate=NO',
    'isolate_network=NO',
    'seccomp_sandbox=NO',

    'local_enable=NO',
    'anonymous_enable=YES',
    'ftp_username=nobody',
    `anon_root=${place.root}`,
    'allow_writeable_chroot=YES',
    'write_enable=YES',
    'anon_upload_enable=YES',
    'anon_mkdir_write_enable=YES',
    'anon_other_write_enable=YES',
    'anon_world_readable_only=NO',
    'anon_umask=022',
    'mdtm_write=YES',
    'xferlog_enable=NO',

    ...(options.sessions === undefined ? [] : [`max_clients=${options.sessions}`, `max_per_ip=${options.sessions}`]),

    'ssl_enable=YES',
    `implicit_ssl=${yes(options.implicit ?? false)}`,
    'allow_anon_ssl=YES',
    'force_anon_logins_ssl=YES',
    'force_anon_data_ssl=YES',
    'strict_ssl_read_eof=YES',
    `require_ssl_reuse=${yes(options.sessionReuse ?? true)}`,
    'ssl_ciphers=HIGH',
    `rsa_cert_file=${place.certificateFile}`,
    `rsa_private_key_file=${place.keyFile}`,
  ]);
  return place.start([...(await place.programOfOwner()), settings], {
    name: 'vsftpd',
    directory: place.root,
    user: 'anonymous',
    password: 'anything',
    versionArguments: ['-v'],
  });
}

function yes(value: boolean): 'YES' | 'NO' {
  return value ? 'YES' : 'NO';
}
