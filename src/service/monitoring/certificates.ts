import { X509Certificate } from 'node:crypto';
import type { PlainOptions } from '../server-options.ts';
import type { MonitoringAccess } from './http-server.ts';
import type { NamedCertificate } from './readings.ts';

/** The certificates that clients see, as they are in use: a file that has changed counts once it is read again. */
export function certificatesInUse({ tls }: PlainOptions, access: MonitoringAccess): readonly NamedCertificate[] {
  const own = tls.certificates.map(({ certificate }, index) => named(`tls.certificates[${index}]`, certificate));
  const shown = access.tls?.cert;
  return typeof shown === 'string' ? [...own, named('metrics.tls.certificate', shown)] : own;
}

function named(name: string, pem: string): NamedCertificate {
  return { name, validTo: new Date(new X509Certificate(pem).validTo) };
}
