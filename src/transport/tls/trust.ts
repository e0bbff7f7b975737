import type { X509Certificate } from 'node:crypto';
import { isFor } from './certificate.ts';
import type { Pins } from './pins.ts';
import { type ServerCertificate, serverCertificate } from './server-certificate.ts';
import { TrustError, type TrustErrorCode } from './trust-error.ts';

/**
 * What is remembered of a server (trust on first use): this certificate, another one, or nothing. Whoever wants to trust
 * an unknown one answers `known` from then on, beginning with this time.
 */
export type KnownServer = (certificate: ServerCertificate) => Promise<'known' | 'changed' | 'unknown'>;

export interface TrustRules {
  /** What the certificate must be for: a name in ASCII, or an address. */
  readonly host: string;
  readonly pins: Pins;
  readonly verification: 'full' | 'none';
  readonly knownServer?: KnownServer | undefined;
}

/** What a server showed, and what OpenSSL thinks of how it leads to an authority; undefined where nothing is wrong. */
export interface ShownCertificate {
  readonly x509: X509Certificate;
  readonly chainError: string | undefined;
}

/**
 * Who judges, in this order: pins, alone where there are any; an authority together with name and dates; the memory of
 * servers.
 * @throws TrustError; what `knownServer` throws
 */
export async function judge({ x509, chainError }: ShownCertificate, rules: TrustRules): Promise<ServerCertificate> {
  const certificate = serverCertificate(x509);
  const refusal = (code: TrustErrorCode, reasons: readonly string[]): TrustError =>
    new TrustError(code, rules.host, certificate, reasons);
  if (!rules.pins.isEmpty) {
    if (rules.pins.has(certificate)) return certificate;
    throw refusal('pin-mismatch', ['It is none of those that are pinned']);
  }
  if (rules.verification === 'none') return certificate;
  const objections = objectionsTo(x509, certificate, chainError, rules.host);
  const [first] = objections;
  if (!first) return certificate;
  const reasons = objections.map(({ reason }) => reason);
  switch (await rules.knownServer?.(certificate)) {
    case 'known':
      return certificate;
    case 'changed':
      throw refusal('changed', ['It is not the one that is remembered for this server', ...reasons]);
    default:
      throw refusal(first.code, reasons);
  }
}

interface Objection {
  readonly code: TrustErrorCode;
  readonly reason: string;
}

function objectionsTo(
  x509: X509Certificate,
  { names, validFrom, validTo }: ServerCertificate,
  chainError: string | undefined,
  host: string,
): readonly Objection[] {
  const objections: Objection[] = [];
  const isAboutDates = chainError === 'CERT_HAS_EXPIRED' || chainError === 'CERT_NOT_YET_VALID';
  if (chainError !== undefined && !isAboutDates) {
    objections.push({
      code: 'untrusted',
      reason: chainReasons[chainError] ?? `Its authority is not trusted (${chainError})`,
    });
  }
  if (!isFor(x509, host)) {
    objections.push({ code: 'wrong-host', reason: `It is not for ${host}, but for ${printable(names)}` });
  }
  const now = Date.now();
  if (validTo.getTime() < now) {
    objections.push({ code: 'expired', reason: `It expired on ${validTo.toISOString()}` });
  } else if (validFrom.getTime() > now) {
    objections.push({ code: 'expired', reason: `It is not valid before ${validFrom.toISOString()}` });
  } else if (isAboutDates) {
    objections.push({ code: 'expired', reason: 'A certificate between it and its authority is outside its dates' });
  }
  return objections;
}

/** The codes are OpenSSL's (X509_V_ERR_*). */
const chainReasons: { readonly [code: string]: string | undefined } = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'It is signed by itself and by no authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'Its authority is not one of those that are trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'Its authority is not one of those that are trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Its authority is not one of those that are trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'The server did not show the certificates that lead to an authority, or the authority is not trusted here',
};

const maxNamesShown = 5;

/** Names come from the server: they must not write on a terminal what it likes. */
function printable(names: readonly string[]): string {
  const shown = names.slice(0, maxNamesShown).map((name) => name.slice(0, 255).replaceAll(/[^\x21-\x7e]/g, '?'));
  if (names.length > maxNamesShown) shown.push(`${names.length - maxNamesShown} more`);
  return shown.join(', ') || 'no host at all';
}
