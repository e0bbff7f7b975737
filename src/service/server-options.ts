import type { ReloadableOptions } from '../server/index.ts';
import { readTlsSettings } from './certificates-in-use.ts';
import { type Configuration, isSftpEnabled, listenersOf, passiveOptions } from './configuration/index.ts';
import { ensureHostKeys } from './sftp/host-keys.ts';
import type { PlainSftpOptions } from './sftp/sftp-sessions.ts';

/** The options of a server, as far as they are values. */
export type PlainOptions = Omit<ReloadableOptions, 'gatekeeper'> & {
  /** Absent: SFTP is not served. */
  readonly sftp?: PlainSftpOptions;
};

/** What the configuration says of the server and may change while it runs; reads the certificates and host keys. @throws CertificateError, StartError */
export async function serverOptions(configuration: Configuration): Promise<PlainOptions> {
  const { passive, plainFtp, active, compression, site, hosts, greeting, digestTransfers, limits } = configuration;
  return {
    tls: await readTlsSettings(configuration),
    clear: { login: plainFtp.login === 'allow-passwords-in-clear', data: plainFtp.data === 'allow-files-in-clear' },
    passive: passiveOptions(passive),
    sessionReuse: configuration.tls.sessionReuse,
    listeners: listenersOf(configuration).map(({ rules }) => rules),
    ...(isSftpEnabled(configuration) && { sftp: await sftpOptions(configuration) }),
    active,
    compression,
    site,
    hosts,
    ...(greeting !== undefined && { greeting }),
    digestTransfers,
    limits,
  };
}

async function sftpOptions(configuration: Configuration): Promise<PlainSftpOptions> {
  const { sftp, site, limits } = configuration;
  return { hostKeys: await ensureHostKeys(configuration), profile: sftp.profile, symlinks: site.symlink, limits };
}
