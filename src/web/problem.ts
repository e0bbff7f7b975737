import { STATUS_CODES } from 'node:http';
import { StorageError, type StorageErrorCode } from '../core/index.ts';
import type { WebProblem } from './contract.ts';

/** A request that is not carried out, for a reason that no storage has. */
export class WebFailure extends Error {
  override readonly name = 'WebFailure';
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** What a failure becomes: the one place where it does. */
export function failureOf(error: unknown): WebFailure {
  if (error instanceof WebFailure) return error;
  if (error instanceof StorageError) {
    return new WebFailure(STATUS_OF[error.code], CODE_OF[error.code] ?? error.code, error.message);
  }
  if (isAbort(error)) return new WebFailure(503, 'aborted', 'The request was broken off');
  return new WebFailure(500, 'failed', 'Internal error: the request was not carried out');
}

/** Whether nobody foresaw it, so that the operator must see it. */
export function isUnexpected(error: unknown): boolean {
  if (error instanceof StorageError) return error.code === 'io';
  return !(error instanceof WebFailure) && !isAbort(error);
}

/** The body of an answer that says what went wrong, and what to do about it (RFC 9457). */
export function problemOf({ status, code, message: detail }: WebFailure): WebProblem {
  return { type: `urn:lockport:problem:${code}`, title: STATUS_CODES[status] ?? 'Failed', status, detail, code };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

const STATUS_OF: { readonly [code in StorageErrorCode]: number } = {
  'not-found': 404,
  exists: 409,
  denied: 403,
  'not-empty': 409,
  'is-directory': 409,
  'not-directory': 409,
  'invalid-name': 400,
  incomplete: 409,
  'bad-offset': 409,
  'no-space': 507,
  'over-quota': 507,
  busy: 409,
  'cross-device': 409,
  unsupported: 501,
  aborted: 503,
  io: 500,
};

/** Where the contract has another word. */
const CODE_OF: { readonly [code in StorageErrorCode]?: string } = { 'bad-offset': 'offset', io: 'failed' };
