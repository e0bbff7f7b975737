import type { IncomingHttpHeaders } from 'node:http';
import type { EncodedPage, HttpAnswer, PageFile } from './messages.ts';

const NOT_BUILT =
  'The console was not built in this installation: run "npm ci" with development tools. The API is at /api/v1/openapi.json.\n';

/** The answer to whoever asks for a file of the console, in a form that they take; undefined where it is none. */
export function findPage(
  pages: readonly PageFile[],
  method: string,
  url: string,
  { 'if-none-match': known = '', 'accept-encoding': accepted = '' }: IncomingHttpHeaders,
): HttpAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [path = ''] = url.split('?', 1);
  const page = pages.find((each) => each.path === path);
  if (!page) return path === '/' ? { status: 404, headers: { 'content-type': PLAIN }, body: NOT_BUILT } : undefined;
  const { type, isImmutable, forms } = page;
  const { encoding, body, etag } = formFor(forms, typeof accepted === 'string' ? accepted : '');
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

const PLAIN = 'text/plain; charset=utf-8';
