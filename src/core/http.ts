/*
 * What all that speak HTTP with browsers do alike.
 */

/** One year, which browsers keep to once they have seen it. */
const HSTS = 'max-age=31536000';

/** Every answer has them. No page of another site may show, read or run anything of ours. */
const SAFE_HEADERS = {
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** The headers of every answer. @param policy what the pages may load and run (`content-security-policy`) */
export function safeHeaders(policy: string, isSecure: boolean): Readonly<Record<string, string>> {
  const headers = { ...SAFE_HEADERS, 'content-security-policy': policy };
  return isSecure ? { ...headers, 'strict-transport-security': HSTS } : headers;
}

/** Browsers say where a request comes from (Fetch Metadata, RFC 6454): whether that is another site than ours. */
export function isForeign(
  headers: { readonly origin?: string | undefined; readonly host?: string | undefined } & {
    readonly 'sec-fetch-site'?: string | readonly string[] | undefined;
  },
  isSecure: boolean,
): boolean {
  const { origin, host = '' } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return origin !== undefined && origin !== `${isSecure ? 'https' : 'http'}://${host}`;
}

/** The name of a cookie. In TLS it has a prefix by which browsers keep other hosts and paths from setting it (RFC 6265bis). */
function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

/** The value of our cookie of that name, of a `cookie` header. */
export function cookieValue(name: string, header = '', isSecure = true): string | undefined {
  const start = `${cookieName(name, isSecure)}=`;
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
}

/** The `set-cookie` header that sets a cookie of a session; an empty value takes it away. */
export function sessionCookie(name: string, value: string, isSecure: boolean): string {
  const end = value === '' ? '; Max-Age=0' : '';
  return `${cookieName(name, isSecure)}=${value}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}${end}`;
}

/** A file of our pages, as browsers get it. */
export interface PageFile {
  /** As in the address: `/`, `/console-5XQ2.js`. */
  readonly path: string;
  readonly type: string;
  /** What it holds is in its name, so that browsers may keep it for ever. */
  readonly isImmutable: boolean;
  readonly forms: readonly [plain: EncodedPage, ...compressed: EncodedPage[]];
}

/** The bytes of a file as they are, or compressed when it was built. */
export interface EncodedPage {
  readonly encoding: 'identity' | 'br' | 'gzip';
  readonly body: Uint8Array;
  /** Of each form another one. */
  readonly etag: string;
}

/** How a file of our pages is sent, in a form that the browser takes; 304 where it has that already. */
export function pageAnswer(
  { type, isImmutable, forms }: PageFile,
  { known, accepted }: { readonly known: string; readonly accepted: string },
): { readonly status: 200 | 304; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array | '' } {
  const { encoding, body, etag } = formFor(forms, accepted);
  const headers = {
    etag,
    vary: 'accept-encoding',
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  // A cache between may have made an ETag a weak one.
  if (known.split(',').some((each) => each.trim().replace(/^W\//, '') === etag))
    return { status: 304, headers, body: '' };
  const encoded = encoding === 'identity' ? {} : { 'content-encoding': encoding };
  return { status: 200, headers: { ...headers, ...encoded, 'content-type': type }, body };
}

/** The smallest form of those that are preferred (RFC 9110, section 12.5.3). The first one is the plain one, and always there. */
function formFor([plain, ...forms]: PageFile['forms'], accepted: string): EncodedPage {
  const weights = new Map(
    accepted.split(',').map((each) => {
      const [name = '', ...parameters] = each.split(';').map((text) => text.trim().toLowerCase());
      const [, weight = '1'] =
        parameters.map((text) => /^q=([\d.]+)$/.exec(text)).find((found) => found !== null) ?? [];
      return [name, Number(weight)] as const;
    }),
  );
  const weightOf = ({ encoding }: EncodedPage) => weights.get(encoding) ?? weights.get('*') ?? 0;
  const wanted = forms
    .filter((form) => weightOf(form) > 0)
    .toSorted((one, other) => weightOf(other) - weightOf(one) || one.body.length - other.body.length);
  return wanted[0] ?? plain;
}
