import { z } from 'zod';
import type { AccountRecord } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { passwordStrength } from '../identity/index.ts';
import type { Configuration, LoadedConfiguration } from './configuration/index.ts';
import { POLICY_NAMES } from './policy/demands.ts';
import { StartError } from './start-error.ts';

export type PasswordRules = Configuration['passwords'];

/** Its key in the database's `meta`. */
const RULES_IN_USE = 'passwords';
const POLICY_IN_USE = 'policy';

const RULES = z.object({
  minLength: z.number(),
  minScore: z.number(),
  composition: z.enum(['any', 'letters-and-digits']).default('any'),
  history: z.number(),
  changeAfterReset: z.boolean().default(false),
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

/** How many passwords are remembered besides the one that is being set: those before the present one, which becomes an earlier one. */
export function earlierToKeep({ history }: Pick<PasswordRules, 'history'>): number {
  return Math.max(0, history - 1);
}

/** When the password of an account expires; undefined where it never does, or where there is none. */
export function passwordExpiry({ maxAge }: PasswordRules, record: AccountRecord): Date | undefined {
  if (maxAge === undefined || record.passwordHash === '') return undefined;
  return new Date(record.passwordChangedAt.getTime() + maxAge);
}

/** Notes the rules of passwords and the policy, for commands that are told the data directory alone. */
export async function noteRules({ meta }: Database, { passwords, policy }: Configuration): Promise<void> {
  const text = JSON.stringify(passwords);
  if (meta.get(RULES_IN_USE) !== text) await meta.set(RULES_IN_USE, text);
  if ((meta.get(POLICY_IN_USE) ?? '') !== (policy ?? '')) await meta.set(POLICY_IN_USE, policy ?? '');
}

/** The configuration with the rules and the policy that the server last had, unless some were given. */
export function withRulesInUse(
  configuration: Configuration,
  loaded: LoadedConfiguration,
  database: Database,
): Configuration {
  const { policy: given, ...rest } = withPasswordRulesInUse(configuration, loaded, database);
  const policy = given ?? POLICY_NAMES.find((name) => name === database.meta.get(POLICY_IN_USE));
  return { ...rest, ...(policy && { policy }) };
}

function withPasswordRulesInUse(
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
