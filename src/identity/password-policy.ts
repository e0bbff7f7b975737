import { passwordRefusal, verifyPassword } from './password.ts';
import { passwordStrength } from './password-strength.ts';

/** What a password must be when somebody sets one. */
export interface PasswordPolicy {
  /** In characters. */
  readonly minLength: number;
  /** 0 to 4, as zxcvbn measures; 0: not measured. */
  readonly minScore: number;
  /** `letters-and-digits`: it has both. Default: `any`. */
  readonly composition?: 'any' | 'letters-and-digits';
  /** How many passwords of the account, the present one included, a new one must differ from. */
  readonly history: number;
}

/**
 * What is wrong with a password that somebody wants to set, as a sentence that says what to change; undefined where nothing is.
 * @param hashes of the present password of the account and of earlier ones, the newest first
 * @throws StrengthUnknownError where the policy asks for a strength, and the packages that measure it are missing
 */
export async function policyRefusal(
  password: string,
  { minLength, minScore, composition, history }: PasswordPolicy,
  account: string,
  hashes: readonly string[],
): Promise<string | undefined> {
  const refusal = passwordRefusal(password, minLength);
  if (refusal !== undefined) return refusal;
  if (composition === 'letters-and-digits' && !(/\p{L}/u.test(password) && /\p{Nd}/u.test(password))) {
    return 'The password must have letters and digits, both of them';
  }
  if (minScore > 0) {
    const { score, reason } = await passwordStrength(password, [account, 'lockport']);
    if (score < minScore) {
      const why = reason === undefined ? '' : `: ${reason}`;
      return `The password is too easy to guess${why} (strength ${score} of 4, and at least ${minScore} is asked for); use several words that do not belong together, or --generate`;
    }
  }
  for (const hash of hashes.slice(0, history)) {
    if (await verifyPassword(password, hash)) {
      return history === 1
        ? 'The password must differ from the present one'
        : `The password must differ from the last ${history} passwords of the account`;
    }
  }
  return undefined;
}
