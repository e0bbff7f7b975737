import { z } from 'zod';
import type { AccountRecord } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { passwordStrength } from '../identity/index.ts';
import type { Configuration, LoadedConfiguration } from './configuration/index.ts';
import { StartError } from './start-error.ts';

export type PasswordRules = Configuration['passwords'];

/** Its key in the database's `meta`. */
const RULES_IN_USE = 'passwords';

const RULES = z.object({
  minLength: z.number(),
  minScore: z.number(),
  history: z.number(),
  maxAge: z.number().optional(),
  lockAfter: z.number(),
  lockFor: z.number(),
});

/** @throws StartError where a strength is asked for that can't be measured */
export async function checkPasswordRules({ passwords }: Configuration): Promise<void> {
  if (passwords.minScore === 0) return;
  try {
    await passwordStrength('', []);
  } catch (cause) {
    throw new StartError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** When the password of an account expires; undefined where it never does, or where there is none. */
export function passwordExpiry({ maxAge }: PasswordRules, record: AccountRecord): Date | undefined {
  if (maxAge === undefined || record.passwordHash === '') return undefined;
  return new Date(record.passwordChangedAt.getTime() + maxAge);
}

/** Notes the rules of passwords, for commands that are told the data directory alone. */
export async function notePasswordRules({ meta }: Database, rules: PasswordRules): Promise<void> {
  const text = JSON.stringify(rules);
  if (meta.get(RULES_IN_USE) !== text) await meta.set(RULES_IN_USE, text);
}

/** The configuration with the rules that the server last had, unless some were given. */
export function withPasswordRulesInUse(
  configuration: Configuration,
  { effective }: LoadedConfiguration,
  { meta }: Database,
): Configuration {
  const isGiven = effective.some(
    ({ setting, origin }) => setting.key.startsWith('passwords.') && origin.from !== 'default',
  );
  const noted = isGiven ? undefined : meta.get(RULES_IN_USE);
  if (noted === undefined) return configuration;
  const { maxAge, ...rules } = RULES.parse(JSON.parse(noted));
  return { ...configuration, passwords: { ...rules, ...(maxAge !== undefined && { maxAge }) } };
}
