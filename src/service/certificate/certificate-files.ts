import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import { writeWhole } from '../../operations/index.ts';
import { parseChain } from '../../transport/index.ts';
import { systemCode } from '../system-error.ts';
import { chainProblem, subjectOf } from './chain.ts';
import { type CertificatePair, makeSelfSigned } from './self-signed.ts';

/** Where one certificate and its key lie. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate or key can't be used. The message names the file and never holds a key. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code = 'certificate';
}

/** Where the self-signed certificate of a directory lies. */
export function selfSignedFiles(directory: string): CertificateFiles {
  return { certificate: path.join(directory, 'certificate.pem'), key: path.join(directory, 'key.pem') };
}

/** The self-signed certificate in `directory`, made when it is not there yet. */
export async function ensureSelfSigned(directory: string): Promise<CertificateFiles> {
  const files = selfSignedFiles(directory);
  if ((await textOf(files.certificate)) !== undefined) return files;
  const pair = await makeSelfSigned(machineNames());
  await mkdir(directory, { recursive: true, mode: 0o700 });
  // The key first: where the certificate stands, its key stands too, whenever the process may have died.
  await writeWhole(files.key, pair.key);
  await writeWhole(files.certificate, pair.certificate, 0o644);
  return files;
}

/**
 * @throws CertificateError where a file is missing, is no PEM, key and certificate don't belong together, or clients
 * would refuse the certificate: for its dates, or for the way from it to its authority.
 */
export async function readCertificate(files: CertificateFiles): Promise<CertificatePair> {
  const certificate = await neededText(files.certificate);
  const key = await neededText(files.key);
  const chain = attempt(
    () => parseChain(certificate, 'bad-certificate', files.certificate),
    `${files.certificate}: holds no certificate (PEM)`,
  );
  const privateKey = attempt(() => createPrivateKey(key), `${files.key}: holds no unencrypted private key (PEM)`);
  const own = chain.findIndex((each) => each.checkPrivateKey(privateKey));
  if (own > 0) {
    throw new CertificateError(
      `${files.certificate}: is out of order: the certificate of ${files.key} is number ${own + 1} in it and must be the first (${subjectOf(chain[own] ?? chain[0])})`,
    );
  }
  if (own < 0) {
    throw new CertificateError(`${files.key}: is not the key of the certificate in ${files.certificate}`);
  }
  const problem = chainProblem(chain);
  if (problem !== undefined) throw new CertificateError(`${files.certificate}: ${problem}`);
  return { certificate, key };
}

/** A file of authorities. @throws CertificateError where it holds no certificate. */
export async function readAuthority(file: string): Promise<string> {
  const authority = await neededText(file);
  attempt(() => new X509Certificate(authority), `${file}: holds no certificate (PEM)`);
  return authority;
}

async function neededText(file: string): Promise<string> {
  const text = await textOf(file);
  if (text === undefined) throw new CertificateError(`${file}: no such file`);
  return text;
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    throw new CertificateError(`${file}: can't be read (${code ?? String(error)})`, { cause: error });
  }
}

function attempt<Value>(parse: () => Value, message: string): Value {
  try {
    return parse();
  } catch (error) {
    throw new CertificateError(message, { cause: error });
  }
}

/** The names and addresses that clients may reach this machine by: its host name, localhost, and what its interfaces have. */
function machineNames(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((interfaces) => interfaces ?? [])
    // A link-local IPv6 address means nothing without the number of an interface, which a certificate can't hold.
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
    .map(({ address }) => address);
  const host = hostname().toLowerCase();
  // What is no host name in ASCII can't stand in a certificate as it is (RFC 5280 section 4.2.1.6).
  const hosts = /^[a-z0-9._-]+$/.test(host) ? [host] : [];
  return [...new Set([...hosts, 'localhost', '127.0.0.1', '::1', ...addresses])];
}
