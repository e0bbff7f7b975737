import type { ReloadableOptions } from '../server/index.ts';
import { readTlsSettings } from './certificates-in-use.ts';
import { type Configuration, isSftpEnabled, isWebEnabled, listenersOf, passiveOptions } from './configuration/index.ts';
import { ensureHostKeys } from './sftp/host-keys.ts';
import { readNextHostKeys } from './sftp/next-host-keys.ts';
import type { PlainSftpOptions } from './sftp/sftp-sessions.ts';
import type { PlainWebOptions } from './web/web-sessions.ts';

/** The options of a server, as far as they are values. */
export type PlainOptions = Omit<ReloadableOptions, 'gatekeeper'> & {
  /** Absent: SFTP is not served. */
  readonly sftp?: PlainSftpOptions;
  /** Absent: the web is not served. */
  readonly web?: PlainWebOptions;
};

/** What the configuration says of the server and may change while it runs; reads the certificates and host keys. @throws CertificateError, StartError */
export async function serverOptions(configuration: Configuration): Promise<PlainOptions> {
  const { passive, plainFtp, active, compression, site, hosts, greeting, digestTransfers, limits } = configuration;
  const tls = await readTlsSettings(configuration);
  return {
    tls,
    clear: { login: plainFtp.login === 'allow-passwords-in-clear', data: plainFtp.data === 'allow-files-in-clear' },
    passive: passiveOptions(passive),
    sessionReuse: configuration.tls.sessionReuse,
    listeners: listenersOf(configuration).map(({ rules }) => rules),
    ...(isSftpEnabled(configuration) && { sftp: await sftpOptions(configuration) }),
    ...(isWebEnabled(configuration) && { web: webOptions(configuration, tls) }),
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
  return {
    hostKeys: await ensureHostKeys(configuration),
    nextHostKeys: await readNextHostKeys(configuration),
    profile: sftp.profile,
    symlinks: site.symlink,
    limits,
  };
}

function webOptions({ web, limits }: Configuration, tls: PlainWebOptions['tls']): PlainWebOptions {
  return { tls: web.plainHttp === 'refuse' ? tls : undefined, hosts: web.hosts, limits };
}
