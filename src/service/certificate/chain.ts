import { X509Certificate } from 'node:crypto';
import { getCACertificates } from 'node:tls';

/** The certificate that clients see, then those that lead to its authority. */
export type Chain = readonly [X509Certificate, ...X509Certificate[]];

/** What clients would not take about the chain, with the way out; undefined where nothing is wrong. RFC 5280 section 6.1, RFC 8446 section 4.4.2. */
export function chainProblem(chain: Chain, now = new Date()): string | undefined {
  return dateProblem(chain, now) ?? orderProblem(chain) ?? missingIssuer(chain);
}

/** How messages call a certificate: by its subject, on one line. */
export function subjectOf({ subject }: X509Certificate): string {
  return (subject ?? 'no subject').replaceAll('\n', ', ');
}

function dateProblem(chain: Chain, now: Date): string | undefined {
  for (const each of chain) {
    const { validFromDate, validToDate } = each;
    const renew = isSelfSigned(each)
      ? 'renew it; one that this server has made is made anew once it and its key are removed'
      : 'renew it';
    if (validToDate < now) return `expired on ${validToDate.toISOString()} (${subjectOf(each)}): ${renew}`;
    if (validFromDate > now) {
      return `is not valid before ${validFromDate.toISOString()} (${subjectOf(each)}): wait until then, or set the clock`;
    }
  }
  return undefined;
}

function orderProblem(chain: Chain): string | undefined {
  const wrong = chain.findIndex((each, index) => index > 0 && !hasIssued(each, chain[index - 1]));
  const [before, here] = [chain[wrong - 1], chain[wrong]];
  if (!before || !here) return undefined;
  return (
    `is out of order: certificate ${wrong + 1} (${subjectOf(here)}) has not issued certificate ${wrong} ` +
    `(${subjectOf(before)}). Put the server's own first, then each time the one that issued the one before`
  );
}

/**
 * A certificate without any other is enough where clients know who issued it. A longer chain ends where its maker meant
 * it to: the root of an authority of one's own is on the clients and need not be sent (RFC 8446 section 4.4.2).
 */
function missingIssuer([own, ...others]: Chain): string | undefined {
  if (others.length > 0 || isSelfSigned(own) || isKnownIssuer(own)) return undefined;
  const issuer = own.issuer.replaceAll('\n', ', ');
  return (
    `lacks the certificate that issued ${subjectOf(own)}: append that of ${issuer}, as the authority's "full chain" ` +
    'file has it; where that is an authority of your own, append its own certificate'
  );
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return certificate.issuer === certificate.subject && certificate.verify(certificate.publicKey);
}

function hasIssued(issuer: X509Certificate, certificate: X509Certificate | undefined): boolean {
  return certificate?.checkIssued(issuer) === true && certificate.verify(issuer.publicKey);
}

/** Node's own list first: reading the system's takes a moment. */
function isKnownIssuer(certificate: X509Certificate): boolean {
  return (['bundled', 'system', 'extra'] as const).some((store) =>
    getCACertificates(store).some((pem) => hasIssued(new X509Certificate(pem), certificate)),
  );
}
