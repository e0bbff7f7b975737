import type { OperatorFailure } from '../operators/index.ts';
import type { WholeAnswer } from './messages.ts';
import { type ProblemPlace, problem } from './problem.ts';

/** Why a request was not carried out. The code is stable, and the message names the way out. */
export interface ApiFailure {
  readonly failed: ApiFailureCode;
  readonly message: string;
  readonly errors?: readonly ProblemPlace[];
}

/** Every reason, and the status that goes with it. */
const STATUS = {
  'invalid-request': 400,
  'unknown-procedure': 404,
  'no-such-session': 404,
  'no-such-ban': 404,
  'no-such-rule': 404,
  'no-such-event': 404,
  'too-many-events': 409,
  'no-such-file': 404,
  'too-many-files': 409,
  'too-wide': 409,
  'too-many-bans': 409,
  'not-kept': 500,
  failed: 500,
  'wrong-login': 401,
  'not-signed-in': 401,
  'token-over': 401,
  banned: 403,
  'too-many-logins': 429,
  'not-allowed': 403,
  'forged-request': 403,
  'not-json': 415,
  'no-such-route': 404,
  'no-such-method': 405,
  'no-such-account': 404,
  'account-exists': 409,
  'invalid-account': 422,
  'against-policy': 422,
  'no-such-group': 404,
  'group-exists': 409,
  'group-in-use': 409,
  'invalid-group': 422,
  'weak-password': 422,
  'changed-meanwhile': 412,
  'version-needed': 428,
  'not-recorded': 503,
  'no-audit': 404,
  'no-backups': 404,
  'backup-failed': 409,
  'too-many-streams': 503,
  'not-counted': 409,
  'no-such-administrator': 404,
  'administrator-exists': 409,
  'invalid-administrator': 422,
  'no-such-token': 404,
  'no-such-link': 403,
  'last-owner': 409,
  'too-many-tokens': 409,
  'no-passkeys': 404,
  'no-such-passkey': 404,
  'passkey-exists': 409,
  'too-many-passkeys': 409,
  'password-due': 403,
} as const satisfies { readonly [code in OperatorFailure['failed']]: number } & { readonly [code: string]: number };

export type ApiFailureCode = keyof typeof STATUS;

export function apiFailure(failed: ApiFailureCode, message: string, errors?: readonly ProblemPlace[]): ApiFailure {
  return { failed, message, ...(errors && { errors }) };
}

export function isApiFailure(value: object): value is ApiFailure {
  return 'failed' in value && typeof value.failed === 'string' && 'message' in value;
}

export function failureAnswer({ failed, message, errors }: ApiFailure): WholeAnswer {
  const headers = STATUS[failed] === 401 ? { 'www-authenticate': 'Bearer realm="lockport"' } : {};
  return problem(STATUS[failed], failed, message, { ...(errors && { errors }), headers });
}
