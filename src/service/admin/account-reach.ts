import { fieldValue, type OwnSettings, PLACED_FIELDS } from '../../core/index.ts';
import type { AccountAsk } from './account-procedures.ts';
import { type ApiFailure, apiFailure } from './api-failure.ts';

/**
 * What whoever is limited to groups may set in an account: how and from where somebody signs in, and for how long. What the
 * account reaches (home, rights, mounts, directories, groups, quota, rates) comes from its groups, else the limit would be
 * none: a home could be that of an account of another group.
 */
const WITHIN_LIMITS: ReadonlySet<string> = new Set([
  'expires',
  'disabled',
  'allowedAddresses',
  'maxSessions',
  'idleTimeout',
  'certificate.use',
  'certificate.fingerprints',
  'authorizedKeys',
  'keyUse',
  'secondFactor',
]);

/** Whether whoever asks may see the account: with any of its groups within reach. Else it is one that there is none of. */
export function isWithinReach({ groups = [] }: OwnSettings, { reach }: Pick<AccountAsk, 'reach'>): boolean {
  return reach === undefined || groups.some((group) => reach.includes(group));
}

/**
 * Whether whoever asks may act on the account: with all its groups within reach. A password of an account that is in another
 * group, too, would open what that group gives.
 */
export function isControlled({ groups = [] }: OwnSettings, { reach }: Pick<AccountAsk, 'reach'>): boolean {
  return reach === undefined || groups.every((group) => reach.includes(group));
}

/** Why these places may not be set; undefined where they may. */
export function reachRefusal({ reach }: Pick<AccountAsk, 'reach'>, places: readonly string[]): ApiFailure | undefined {
  const place = reach && places.find((each) => !WITHIN_LIMITS.has(each));
  if (place === undefined) return undefined;
  const message = `${place} comes from the groups of an account: only an administrator without a limit to groups may set it`;
  return apiFailure('not-allowed', message);
}

/** Why these groups may not be those of a new account. */
export function groupsRefusal(
  { groups = [] }: OwnSettings,
  { reach }: Pick<AccountAsk, 'reach'>,
): ApiFailure | undefined {
  if (reach === undefined || (groups.length > 0 && groups.every((group) => reach.includes(group)))) return undefined;
  return apiFailure('not-allowed', `The account has to be in groups of yours, and in no others: ${reach.join(', ')}`);
}

/** The places at which settings have a value. */
export function placesIn(settings: OwnSettings): readonly string[] {
  return PLACED_FIELDS.filter(({ place }) => fieldValue(settings, place) !== undefined).map(({ place }) =>
    place.join('.'),
  );
}
