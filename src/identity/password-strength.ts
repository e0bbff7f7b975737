/** How hard a password is to guess, as zxcvbn says it: 0 (too guessable) to 4 (very unguessable). */
export interface PasswordStrength {
  readonly score: number;
  /** Why it is easy to guess, where that is known. It completes "too easy to guess: ...". */
  readonly reason?: string;
}

/** The packages that measure are not installed. The message names them. */
export class StrengthUnknownError extends Error {
  override readonly name = 'StrengthUnknownError';
}

/**
 * Measures a password by zxcvbn. It takes up to a quarter of a second of this thread, so that no server calls it while it
 * serves. @param names what the password must not be made of, such as the name of the account
 * @throws StrengthUnknownError where the optional packages are missing
 */
export async function passwordStrength(password: string, names: readonly string[]): Promise<PasswordStrength> {
  const { ZxcvbnFactory, dictionary, adjacencyGraphs } = await load();
  const { score, feedback } = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs }).check(password, [...names]);
  const reason = REASONS.find(([warnings]) => feedback.warning !== null && warnings.test(feedback.warning))?.[1];
  return { score, ...(reason !== undefined && { reason }) };
}

/** What zxcvbn warns of, in words. */
const REASONS: readonly (readonly [warnings: RegExp, reason: string])[] = [
  [/repeat/i, 'it repeats itself'],
  [/sequence|straightRow|keyPattern/i, 'its characters follow one another on the keyboard or in the alphabet'],
  [/date|year/i, 'it is a date'],
  [/name|userInput/i, 'it is made of names'],
  [/common|topTen|topHundred|wordByItself|pwned/i, 'it is like one that many people use'],
];

/** They are optional: only who asks for a strength needs their dictionaries. */
async function load() {
  try {
    const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
      import('@zxcvbn-ts/core'),
      import('@zxcvbn-ts/language-common'),
    ]);
    return { ZxcvbnFactory, dictionary, adjacencyGraphs };
  } catch (cause) {
    const message =
      'passwords.minScore needs two packages that are not installed: npm install @zxcvbn-ts/core @zxcvbn-ts/language-common';
    throw new StrengthUnknownError(message, { cause });
  }
}
