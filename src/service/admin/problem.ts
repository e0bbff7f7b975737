import type { WholeAnswer } from './messages.ts';

/** A mistake in one place of a request. */
export interface ProblemPlace {
  /** As `body.settings.home`. */
  readonly place: string;
  readonly message: string;
}

/** An answer that says what went wrong, and what to do about it (RFC 9457). The code is stable. */
export function problem(
  status: number,
  code: string,
  detail: string,
  {
    errors,
    headers = {},
  }: { readonly errors?: readonly ProblemPlace[]; readonly headers?: WholeAnswer['headers'] } = {},
): WholeAnswer {
  const body = { type: `urn:lockport:problem:${code}`, title: TITLES[status] ?? 'Failed', status, detail, code };
  return {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({ ...body, ...(errors && { errors }) }),
  };
}

const TITLES: { readonly [status: number]: string | undefined } = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Changed meanwhile',
  413: 'Body too large',
  414: 'Address too long',
  415: 'Not JSON',
  421: 'Another host',
  422: 'Can not be',
  428: 'Version needed',
  429: 'Too many requests',
  503: 'Busy',
  504: 'No answer in time',
};
