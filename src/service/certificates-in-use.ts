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
import { StartError } from './start-error.ts';

/** The rules of TLS and the certificates, read from their files. @throws CertificateError */
export async function readTlsSettings(configuration: Configuration): Promise<TlsSettings> {
  const { profile, clientCertificates } = configuration.tls;
  return {
    certificates: await Promise.all(filesOf(configuration).map(readCertificate)),
    profile,
    clientCertificates: {
      ask: clientCertificates.ask,
      authorities: await Promise.all(clientCertificates.authorities.map(readAuthority)),
    },
  };
}

/** Reads every file of TLS that the configuration names. @throws CertificateError */
export async function checkCertificates({ tls }: Configuration): Promise<void> {
  await Promise.all([
    ...tls.certificates.map(readCertificate),
    ...tls.clientCertificates.authorities.map(readAuthority),
  ]);
}

/** A certificate in use, and the file that it lies in. */
export interface CertificateInUse extends CertificateIdentity {
  readonly file: string;
}

/** The certificates that clients see. @throws StartError where the self-signed one is not made yet */
export async function describeCertificates(configuration: Configuration): Promise<readonly CertificateInUse[]> {
  return Promise.all(filesOf(configuration).map(({ certificate }) => describe(certificate)));
}

async function describe(file: string): Promise<CertificateInUse> {
  try {
    return { file, ...identify(await readFile(file, 'utf8')) };
  } catch (error) {
    const message = `No certificate can be read in ${file}: start "lockport serve" once, or name the right place by --data-dir`;
    throw new StartError(message, { cause: error });
  }
}

function filesOf({ tls, dataDir }: Configuration): readonly CertificateFiles[] {
  return tls.certificates.length > 0 ? tls.certificates : [selfSignedFiles(pathsIn(dataDir).tls)];
}
