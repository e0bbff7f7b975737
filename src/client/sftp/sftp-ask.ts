import type { KnownRequest } from '../../protocol/index.ts';

/** A request without its id, which the connection gives. */
export type SftpAsk<Request = KnownRequest> = Request extends KnownRequest ? Omit<Request, 'id'> : never;

/** For people: the request and what it is about. */
export function commandOf(request: SftpAsk): string {
  if ('path' in request) return `${request.kind} ${request.path}`;
  return 'from' in request && request.kind !== 'copy-data' ? `${request.kind} ${request.from}` : request.kind;
}
