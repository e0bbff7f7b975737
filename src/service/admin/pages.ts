import type { IncomingHttpHeaders } from 'node:http';
import { type PageFile, pageAnswer } from '../../core/index.ts';
import type { HttpAnswer } from './messages.ts';

const NOT_BUILT =
  'The console was not built in this installation: run "npm ci" with development tools. The API is at /api/v1/openapi.json.\n';
const PLAIN = 'text/plain; charset=utf-8';

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
  if (page) return pageAnswer(page, { known, accepted: [accepted].flat().join(',') });
  return path === '/' ? { status: 404, headers: { 'content-type': PLAIN }, body: NOT_BUILT } : undefined;
}
