import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { ClientError, type ClientErrorCode } from '../../../src/client/index.ts';
import type { Setting } from './cells.ts';

/** Something that must come out the same with every server, by what it shows. */
export type Scenarios = { readonly [title: string]: (setting: Setting) => Promise<void> };

/** Five megabytes that no two pieces of are alike: more than fits on the way. */
export const LARGE = randomBytes(5_000_000);

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The failure of `work`, which must be a ClientError with one of these codes. */
export async function failureOf(work: Promise<unknown>, ...codes: readonly ClientErrorCode[]): Promise<ClientError> {
  const error = await work.then(
    () => new assert.AssertionError({ message: `nothing failed; ${codes.join(' or ')} was expected` }),
    (error: unknown) => error,
  );
  if (!(error instanceof ClientError)) throw error;
  assert.ok(codes.includes(error.code), `${error.code} came in place of ${codes.join(' or ')}: ${error.message}`);
  return error;
}
