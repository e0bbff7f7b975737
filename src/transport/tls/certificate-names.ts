import type { X509Certificate } from 'node:crypto';

/** The common names of the subject. */
export function commonNames(certificate: X509Certificate): readonly string[] {
  // An object with one property a type of name, an array where the type occurs more than once.
  const subject = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] } | undefined;
  return [subject?.CN ?? []].flat();
}

export type AlternativeNameKind = 'DNS' | 'email' | 'IP Address';

/** The subject alternative names of the kinds asked for. */
export function alternativeNames(
  certificate: X509Certificate,
  kinds: readonly AlternativeNameKind[],
): readonly string[] {
  // Node writes `DNS:a, email:b@c`, and puts a name that could be misread into a JSON string (CVE-2021-44532).
  const found = (certificate.subjectAltName ?? '').matchAll(/(?:^|, )([^:,]+):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...found].flatMap(([, kind, name = '']) =>
    kinds.some((wanted) => wanted === kind) ? [name.startsWith('"') ? (JSON.parse(name) as string) : name] : [],
  );
}
