import type { Duplex } from 'node:stream';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { Limits } from '../../core/index.ts';
import { type CheckedCertificate, checkCertificate, isFor, namesOf } from './certificate.ts';
import type { SecuredControl } from './connection-tls.ts';
import { serverTlsFacts } from './tls-facts.ts';
import { completeHandshake, serverTls } from './tls-handshake.ts';
import { groupsFor, profileOptions, type TlsSettings, TlsSettingsError } from './tls-settings.ts';

/** TLS of connections that speak HTTP. */
export interface WebTls {
  /** Every name that a certificate is for, lower-case, wildcards as they stand. */
  readonly names: readonly string[];
  /** The server's handshake. No client certificate is asked for. @throws what `completeHandshake` throws */
  secure(stream: Duplex, signal?: AbortSignal): Promise<SecuredControl>;
}

/**
 * Unlike those of a control connection, its sessions lead to no data connection: any connection may resume them, as browsers do.
 * @throws TlsSettingsError
 */
export function createWebTls(settings: TlsSettings, { tlsHandshakeMs }: Pick<Limits, 'tlsHandshakeMs'>): WebTls {
  const certificates = settings.certificates.map((source, index) =>
    checkCertificate(source, `Certificate ${index + 1}`),
  );
  const contexts = certificates.map((certificate) => ({ certificate, context: contextFor(settings, certificate) }));
  const [first] = contexts;
  if (!first) throw new TlsSettingsError('no-certificate', 'TLS needs at least one certificate');
  const choose = (host: string): SecureContext =>
    (contexts.find(({ certificate }) => isFor(certificate.leaf, host)) ?? first).context;
  return {
    names: [...new Set(certificates.flatMap(({ leaf }) => namesOf(leaf)))],
    async secure(stream, signal) {
      const socket = serverTls(stream, {
        secureContext: first.context,
        SNICallback: (host, done) => done(null, choose(host)),
        ALPNProtocols: ['http/1.1'],
      });
      await completeHandshake(socket, tlsHandshakeMs, signal);
      return { stream: socket, facts: serverTlsFacts(socket) };
    },
  };
}

function contextFor(settings: TlsSettings, { certificate, key }: CheckedCertificate): SecureContext {
  return createSecureContext({
    ...profileOptions(settings),
    cert: certificate,
    key,
    ecdhCurve: groupsFor(settings, 'control'),
    sessionIdContext: 'lockport-web',
  });
}
