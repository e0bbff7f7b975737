import {
  type Administrator,
  type AdministratorChanges,
  AdministratorError,
  type AdministratorRecord,
  noSuchAdministrator,
} from '../../core/index.ts';
import { generatePassword, hashPassword, policyRefusal } from '../../identity/index.ts';
import { type NewTotp, newTotp } from '../new-totp.ts';
import { earlierToKeep } from '../password-rules.ts';
import { totpDemand } from '../policy/administrators.ts';
import type { AdminDesk } from './admin-desk.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';

/** An administrator without hashes and secrets. */
export interface ShownAdministrator extends Omit<Administrator, 'name'> {
  readonly administrator: string;
  readonly hasTotp: boolean;
  readonly mustChangePassword: boolean;
  readonly createdAt: string;
  readonly passwordChangedAt: string;
  readonly lastLoginAt?: string;
  readonly lockedUntil?: string;
}

export function shownAdministrator(record: AdministratorRecord): ShownAdministrator {
  const { name, role, groups, disabled, totpSecret, mustChangePassword, createdAt, passwordChangedAt } = record;
  const { lastLoginAt, lockedUntil } = record;
  return {
    administrator: name,
    role,
    groups,
    disabled,
    hasTotp: totpSecret !== undefined,
    mustChangePassword,
    createdAt: createdAt.toISOString(),
    passwordChangedAt: passwordChangedAt.toISOString(),
    ...(lastLoginAt && { lastLoginAt: lastLoginAt.toISOString() }),
    ...(lockedUntil && lockedUntil.getTime() > Date.now() && { lockedUntil: lockedUntil.toISOString() }),
  };
}

type Desk = Pick<AdminDesk, 'administrators' | 'configuration'>;

/** Adds one who signs in by a password that is shown once and has to be changed first. */
export function addAdministrator(
  desk: Desk,
  given: Omit<Administrator, 'disabled'>,
  { totp }: { readonly totp: boolean },
): Promise<{ readonly record: AdministratorRecord; readonly password: string; readonly totp?: NewTotp } | ApiFailure> {
  return told(async () => {
    const demand = totp ? undefined : totpDemand(desk.configuration());
    if (demand !== undefined) return apiFailure('against-policy', `An administrator needs a second factor: ${demand}`);
    const { administrators } = desk;
    // Nobody signs in before its second factor stands.
    await administrators.add({ ...given, disabled: true }, '');
    const factor = totp ? await resetTotp(desk, given.name) : undefined;
    const password = await oneTimePassword(desk, given.name);
    await administrators.update(given.name, { disabled: false });
    return { record: await found(desk, given.name), password, ...(factor && { totp: factor }) };
  });
}

/** Adds the owner of a server that has no administrator yet, with a password of its own choice. */
export function addFirstOwner(
  desk: Desk,
  { name, password, totp }: { readonly name: string; readonly password: string; readonly totp: boolean },
): Promise<{ readonly record: AdministratorRecord; readonly totp?: NewTotp } | ApiFailure | undefined> {
  return told(async () => {
    const { administrators, configuration } = desk;
    if ((await administrators.list()).length > 0) return undefined;
    const demand = totp ? undefined : totpDemand(configuration());
    if (demand !== undefined) return apiFailure('against-policy', `An administrator needs a second factor: ${demand}`);
    const refusal = await policyRefusal(password, configuration().passwords, name, []);
    if (refusal !== undefined) return apiFailure('weak-password', refusal);
    await administrators.add({ name, role: 'owner', groups: [], disabled: true }, await hashPassword(password));
    const factor = totp ? await resetTotp(desk, name) : undefined;
    await administrators.update(name, { disabled: false });
    return { record: await found(desk, name), ...(factor && { totp: factor }) };
  });
}

/** A password that is shown once, and has to be changed before anything else. @throws AdministratorError */
export async function oneTimePassword({ administrators, configuration }: Desk, name: string): Promise<string> {
  const rules = configuration().passwords;
  const password = generatePassword(rules.minLength);
  const change = { keepEarlier: earlierToKeep(rules), mustChange: true };
  await administrators.setPasswordHash(name, await hashPassword(password), change);
  return password;
}

/** @throws AdministratorError */
export async function resetTotp({ administrators }: Desk, name: string): Promise<NewTotp> {
  const totp = newTotp(name);
  await administrators.setTotpSecret(name, totp.secret);
  return totp;
}

/** Changes, or removes (`undefined`), unless nobody would be left who may do all. */
export function changeAdministrator(
  desk: Desk,
  name: string,
  changes: AdministratorChanges | undefined,
): Promise<{ readonly before: AdministratorRecord; readonly after?: AdministratorRecord } | ApiFailure> {
  const { administrators } = desk;
  return told(async () =>
    changes ? administrators.update(name, changes) : { before: await administrators.remove(name) },
  );
}

/** What keeps the new password from being one; undefined where it is set. */
export async function setOwnPassword(
  { administrators, configuration }: Desk,
  name: string,
  password: string,
): Promise<ApiFailure | undefined> {
  const rules = configuration().passwords;
  const { passwordHash, earlierPasswordHashes } = await found({ administrators, configuration }, name);
  const refusal = await policyRefusal(password, rules, name, [passwordHash, ...earlierPasswordHashes]);
  if (refusal !== undefined) return apiFailure('weak-password', refusal);
  await administrators.setPasswordHash(name, await hashPassword(password), { keepEarlier: earlierToKeep(rules) });
  return undefined;
}

/** What fails for a reason that whoever asks can do something about, as a value. */
export async function told<Result>(work: () => Promise<Result>): Promise<Result | ApiFailure> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AdministratorError) return apiFailure(error.code, error.message);
    throw error;
  }
}

async function found({ administrators }: Desk, name: string): Promise<AdministratorRecord> {
  const record = await administrators.find(name);
  if (record) return record;
  throw noSuchAdministrator(name);
}
