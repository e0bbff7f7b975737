import path from 'node:path';
import { inThread } from './one-shot-thread.ts';
import type { PasswordPolicy } from './password-policy.ts';

/** Beside this file, as a source and as it is built. */
const ENTRY = path.join(import.meta.dirname, `password-policy-thread${path.extname(import.meta.filename)}`);

/** What the thread is told: as the arguments of `policyRefusal`. */
export interface PolicyCheck {
  readonly password: string;
  readonly policy: PasswordPolicy;
  readonly account: string;
  readonly hashes: readonly string[];
}

/** @property unknown why it can't be said: what measures the strength is not installed */
export type PolicyVerdict = { readonly refusal: string | undefined } | { readonly unknown: string };

/**
 * As `policyRefusal`, on a thread of its own. Who calls bounds how many run at once.
 * @throws Error where it can't be said, which is no refusal
 */
export async function policyRefusalOffThread(check: PolicyCheck): Promise<string | undefined> {
  const verdict = (await inThread(ENTRY, check)) as PolicyVerdict | undefined;
  if (verdict && 'refusal' in verdict) return verdict.refusal;
  throw new Error(verdict?.unknown ?? 'A new password took too long to look at');
}
