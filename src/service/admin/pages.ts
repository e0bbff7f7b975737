import type { HttpAnswer, PageFile } from './messages.ts';

const NOT_BUILT =
  'The console was not built in this installation: run "npm ci" with development tools. The API is at /api/v1/openapi.json.\n';

/** The answer to whoever asks for a file of the console; undefined where it is none. */
export function findPage(
  pages: readonly PageFile[],
  method: string,
  url: string,
  knownEtags = '',
): HttpAnswer | undefined {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [path = ''] = url.split('?', 1);
  const page = pages.find((each) => each.path === path);
  if (!page) return path === '/' ? { status: 404, headers: { 'content-type': PLAIN }, body: NOT_BUILT } : undefined;
  const { type, body, etag, isImmutable } = page;
  const headers = { etag, 'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache' };
  if (knownEtags.split(',').some((each) => each.trim() === etag)) return { status: 304, headers, body: '' };
  return { status: 200, headers: { ...headers, 'content-type': type }, body };
}

const PLAIN = 'text/plain; charset=utf-8';
