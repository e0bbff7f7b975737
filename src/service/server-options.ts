import type { ReloadableOptions } from '../server/index.ts';
import { readTlsSettings } from './certificates-in-use.ts';
import { type Configuration, listenersOf, passiveOptions } from './configuration/index.ts';

/** The options of a server, as far as they are values. */
export type PlainOptions = Omit<ReloadableOptions, 'gatekeeper'>;

/** What the configuration says of the server and may change while it runs; reads the certificates. @throws CertificateError */
export async function serverOptions(configuration: Configuration): Promise<PlainOptions> {
  const { passive, plainFtp, active, compression, site, hosts, greeting, digestTransfers, limits } = configuration;
  return {
    tls: await readTlsSettings(configuration),
    clear: { login: plainFtp.login === 'allow-passwords-in-clear', data: plainFtp.data === 'allow-files-in-clear' },
    passive: passiveOptions(passive),
    sessionReuse: configuration.tls.sessionReuse,
    listeners: listenersOf(configuration).map(({ rules }) => rules),
    active,
    compression,
    site,
    hosts,
    ...(greeting !== undefined && { greeting }),
    digestTransfers,
    limits,
  };
}
