import { accessSync, constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { TlsSettings } from '../transport/index.ts';
import {
  type CertificateFiles,
  type CertificateIdentity,
  identify,
  readAuthority,
  readCertificate,
  selfSignedFiles,
} from './certificate/index.ts';
import type { Configuration } from './configuration/index.ts';
import { pathsIn } from './data-directory.ts';
import { mayNotBeRead, StartError } from './start-error.ts';
import { systemCode } from './system-error.ts';

/** The rules of TLS and the certificates, read from their files. @throws CertificateError */
export async function readTlsSettings(configuration: Configuration): Promise<TlsSettings> {
  const { profile, minVersion, maxVersion, clientCertificates } = configuration.tls;
  return {
    certificates: await Promise.all(filesOf(configuration).map(readCertificate)),
    profile,
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    clientCertificates: {
      ask: clientCertificates.ask,
      authorities: await Promise.all(clientCertificates.authorities.map(readAuthority)),
    },
  };
}

/**
 * Reads every file of TLS that the configuration names, and the self-signed certificate where that is in use and this
 * user may read it. @throws CertificateError
 */
export async function checkCertificates(configuration: Configuration): Promise<void> {
  const { certificates, clientCertificates } = configuration.tls;
  const isMade = certificates.length === 0 && filesOf(configuration).every(mayRead);
  await Promise.all([
    ...(isMade ? filesOf(configuration) : certificates).map(readCertificate),
    ...clientCertificates.authorities.map(readAuthority),
  ]);
}

/** The files of TLS that the operator has made, which the server reads at each reload. */
export function operatorFiles({ tls, metrics, admin, syslog, rules, gates, mail }: Configuration): readonly string[] {
  return [
    ...tls.certificates.flatMap(({ certificate, key }) => [certificate, key]),
    ...tls.clientCertificates.authorities,
    metrics.tokenFile,
    metrics.tls.certificate,
    metrics.tls.key,
    ...metrics.tls.clientAuthorities,
    admin.tls.certificate,
    admin.tls.key,
    ...syslog.tls.authorities,
    syslog.tls.certificate,
    syslog.tls.key,
    mail.passwordFile,
    ...mail.authorities,
    ...[...rules.flatMap(({ do: actions }) => actions), ...gates.map(({ ask }) => ask)].flatMap(({ webhook }) =>
      webhook ? [webhook.secretFile, ...webhook.authorities] : [],
    ),
  ].filter((file) => file !== undefined);
}

function mayRead({ certificate, key }: CertificateFiles): boolean {
  try {
    for (const file of [certificate, key]) accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

/** A certificate in use, and the file that it lies in. */
export interface CertificateInUse extends CertificateIdentity {
  readonly file: string;
}

/**
 * The certificates that clients see.
 * @param howToServe the command that starts the server, for the message where there is no certificate
 * @throws StartError where the self-signed one is not made yet, or this user may not read it
 */
export async function describeCertificates(
  configuration: Configuration,
  howToServe: string,
): Promise<readonly CertificateInUse[]> {
  return Promise.all(filesOf(configuration).map(({ certificate }) => describe(certificate, howToServe)));
}

async function describe(file: string, howToServe: string): Promise<CertificateInUse> {
  try {
    return { file, ...identify(await readFile(file, 'utf8')) };
  } catch (error) {
    const message =
      systemCode(error) === 'EACCES'
        ? mayNotBeRead(file)
        : `No certificate can be read in ${file}: start "${howToServe}" once, or name the right place by --data-dir`;
    throw new StartError(message, { cause: error });
  }
}

function filesOf({ tls, dataDir }: Configuration): readonly CertificateFiles[] {
  return tls.certificates.length > 0 ? tls.certificates : [selfSignedFiles(pathsIn(dataDir).tls)];
}
