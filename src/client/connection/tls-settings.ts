import type { ClientTlsSettings, KnownServer } from '../../transport/index.ts';
import { ClientError } from '../errors.ts';
import type { ClientSettings } from '../settings.ts';
import type { KnownServers } from './known-servers.ts';

/** What transport needs to judge a server. @throws ClientError `invalid-argument` */
export function tlsSettings({ host, port, tls }: ClientSettings): ClientTlsSettings {
  const { ca, pins, knownServers, cert, key, passphrase, serverName, minVersion, maxVersion, insecure } = tls;
  if ((cert === undefined) !== (key === undefined)) {
    throw new ClientError('invalid-argument', 'A client certificate needs its key: give both `cert` and `key`', {
      phase: 'prepare',
    });
  }
  return {
    host,
    serverName,
    minVersion,
    maxVersion,
    pins,
    authorities: typeof ca === 'string' ? [ca] : ca,
    verification: insecure === true ? 'none' : 'full',
    knownServer: knownServers && remembering(knownServers, `${host}:${port}`),
    clientCertificate:
      cert === undefined || key === undefined
        ? undefined
        : { certificate: cert, key, ...(passphrase !== undefined && { passphrase }) },
  };
}

/** Trust on first use: what is unknown is remembered, and known from then on. */
function remembering(servers: KnownServers, server: string): KnownServer {
  return async (certificate) => {
    const pin = await servers.find(server);
    if (pin !== undefined) return pin === certificate.pin ? 'known' : 'changed';
    await servers.remember?.(server, certificate);
    return servers.remember ? 'known' : 'unknown';
  };
}
