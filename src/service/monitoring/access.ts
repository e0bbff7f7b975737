import { readAuthority, readCertificate } from '../certificate/index.ts';
import { type Configuration, isMonitored } from '../configuration/index.ts';
import { readNamedFile } from '../named-file.ts';
import { StartError } from '../start-error.ts';
import type { MonitoringAccess } from './http-server.ts';

const MIN_TOKEN_LENGTH = 16;

/** Reads the files that say who may see metrics. @throws StartError, CertificateError */
export async function readMonitoringAccess({ metrics }: Configuration): Promise<MonitoringAccess> {
  const { tokenFile, tls } = metrics;
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  if (tls.certificate === undefined || tls.key === undefined) return token === undefined ? {} : { token };
  const { certificate, key } = await readCertificate({ certificate: tls.certificate, key: tls.key });
  const authorities = await Promise.all(tls.clientAuthorities.map(readAuthority));
  return {
    ...(token !== undefined && { token }),
    tls: {
      cert: certificate,
      key,
      minVersion: 'TLSv1.2',
      ...(authorities.length > 0 && { ca: authorities }),
      isClientCertificateNeeded: authorities.length > 0,
    },
  };
}

/** Finds mistakes in those files, where metrics are served. @throws StartError, CertificateError */
export async function checkMonitoring(configuration: Configuration): Promise<void> {
  if (isMonitored(configuration)) await readMonitoringAccess(configuration);
}

async function readToken(file: string): Promise<string> {
  const token = (await readNamedFile(file, 'metrics.tokenFile names it')).trim();
  if (token.length >= MIN_TOKEN_LENGTH && /^[\x21-\x7e]+$/.test(token)) return token;
  const how = 'openssl rand -hex 32';
  throw new StartError(
    `${file}: holds no token of ${MIN_TOKEN_LENGTH} or more letters, digits and signs on one line; "${how}" makes one`,
  );
}
