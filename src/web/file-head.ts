import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Entry } from '../core/index.ts';

/** Strong: the same for the same bytes alone, as far as a storage tells files apart. */
export function etagOf({ unique = '', size, modified }: Entry): string {
  const text = `${unique} ${size} ${modified.getTime()}`;
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Whether the client has the file already (RFC 9110 section 13.1). */
export function isKnown(headers: IncomingHttpHeaders, entry: Entry): boolean {
  const none = headers['if-none-match'];
  if (none !== undefined) {
    const etag = etagOf(entry);
    return none.split(',').some((each) => ['*', etag].includes(each.trim().replace(/^W\//, '')));
  }
  const since = Date.parse(headers['if-modified-since'] ?? '');
  return Number.isFinite(since) && secondsOf(entry.modified) <= secondsOf(new Date(since));
}

/** Whether a range is of the file that the client has the rest of (RFC 9110 section 13.1.5). */
export function isSame(condition: string | undefined, entry: Entry): boolean {
  if (condition === undefined) return true;
  if (condition.startsWith('"')) return condition === etagOf(entry);
  // A date tells seconds, and is no proof of what was changed within one.
  const date = Date.parse(condition);
  const isOld = Date.now() - entry.modified.getTime() > 2000;
  return isOld && Number.isFinite(date) && secondsOf(new Date(date)) === secondsOf(entry.modified);
}

/** How a file is saved (RFC 6266): no name of an account gets out of the header. */
export function attachment(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(/['()*!]/g, hexOf);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function secondsOf(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
