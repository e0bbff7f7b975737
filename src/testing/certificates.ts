// What lies underneath @peculiar/x509 wants the metadata functions first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its key, both PEM. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

export interface TestAuthority extends TestCertificate {
  /** What signs: handed to `testCertificate` as a whole. */
  readonly issuer: { readonly certificate: x509.X509Certificate; readonly keys: webcrypto.CryptoKeyPair };
}

export interface TestCertificateOptions {
  /** Who signs it; without one it signs itself. */
  readonly ca?: TestAuthority;
  /** For a client instead of a server: the first name is its common name, names with an `@` are mail names. */
  readonly client?: boolean;
  /** Default: yesterday. */
  readonly notBefore?: Date;
  /** Default: in a month. */
  readonly notAfter?: Date;
}

const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A short-lived ECDSA P-256 certificate for the names (DNS names, addresses, mail names), for tests. */
export async function testCertificate(
  names: readonly string[],
  options: TestCertificateOptions = {},
): Promise<TestCertificate> {
  const purpose = options.client ? x509.ExtendedKeyUsage.clientAuth : x509.ExtendedKeyUsage.serverAuth;
  const made = await issue(names[0] ?? 'nobody', options, [
    new x509.SubjectAlternativeNameExtension(names.map(generalName)),
    new x509.ExtendedKeyUsageExtension([purpose]),
  ]);
  return made;
}

/** A certificate authority of its own, or one below `ca`, for `testCertificate(names, { ca })`. */
export async function testAuthority(
  name = 'Test Authority',
  options: TestCertificateOptions = {},
): Promise<TestAuthority> {
  return issue(name, options, [new x509.BasicConstraintsExtension(true, undefined, true)]);
}

async function issue(
  commonName: string,
  options: TestCertificateOptions,
  extensions: readonly x509.Extension[],
): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const subject = `CN=${commonName}`;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(8))).toString('hex'),
    subject,
    issuer: options.ca?.issuer.certificate.subject ?? subject,
    notBefore: options.notBefore ?? new Date(Date.now() - dayMs),
    notAfter: options.notAfter ?? new Date(Date.now() + 30 * dayMs),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: options.ca?.issuer.keys.privateKey ?? keys.privateKey,
    extensions: [...extensions],
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    certificate: certificate.toString('pem'),
    key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY'),
    issuer: { certificate, keys },
  };
}

function generalName(name: string): x509.JsonGeneralNames[number] {
  if (name.includes('@')) return { type: 'email', value: name };
  return { type: /^[\d.]+$|:/.test(name) ? 'ip' : 'dns', value: name };
}
