/** What the API answers, or why not: nothing here rejects. */
export type Answer<Body> =
  | { readonly ok: true; readonly body: Body; readonly etag: string | undefined }
  | { readonly ok: false; readonly failure: Failure };

export interface Failure {
  /** 0: the server could not be reached. */
  readonly status: number;
  /** Stable, for programs. */
  readonly code: string;
  /** For people, with the way out. */
  readonly message: string;
}

export interface AskOptions {
  readonly body?: object;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly ifMatch?: string | undefined;
  /** The page asks by itself: the session is idle all the same. */
  readonly isBackground?: boolean;
  readonly signal?: AbortSignal;
}

const BASE = '/api/v1';
const TIMEOUT_MS = 130_000;

let csrf: string | undefined;
let onSignedOut: () => void = () => undefined;

/** The token of the session, which everything that changes something shows. */
export function useCsrf(token: string | undefined): void {
  csrf = token;
}

/** Is told when an answer says that nobody is signed in any more. */
export function whenSignedOut(tell: () => void): void {
  onSignedOut = tell;
}

export async function ask<Body>(
  method: string,
  path: string,
  { body, query = {}, ifMatch, isBackground = false, signal }: AskOptions = {},
): Promise<Answer<Body>> {
  const late = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await fetch(`${BASE}${path}${queryOf(query)}`, {
      method,
      credentials: 'same-origin',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, late]) : late,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(csrf !== undefined && method !== 'GET' && { 'x-csrf-token': csrf }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...(isBackground && { 'x-lockport-background': '1' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    if (response.ok) return { ok: true, body: json as Body, etag: response.headers.get('etag') ?? undefined };
    const failure = failureIn(response.status, json);
    if (failure.code === 'not-signed-in' && csrf !== undefined) onSignedOut();
    return { ok: false, failure };
  } catch {
    return { ok: false, failure: { status: 0, code: 'unreachable', message: '' } };
  }
}

/** A name as a part of a path. */
export function part(name: string): string {
  return encodeURIComponent(name);
}

function queryOf(query: NonNullable<AskOptions['query']>): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, value] as [string, string]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

function failureIn(status: number, json: unknown): Failure {
  const { code = 'failed', detail = '' } = (json ?? {}) as { readonly code?: string; readonly detail?: string };
  return { status, code, message: detail };
}
