import {
  type Account,
  fieldValue,
  type GroupSettings,
  type OwnSettings,
  PLACED_FIELDS,
  type PlacedField,
  withFieldValue,
} from './account.ts';
import { FieldError } from './field-kinds.ts';
import { pathFor } from './template.ts';

/** A group whose values accounts inherit. */
export interface AccountGroup {
  readonly name: string;
  readonly settings: GroupSettings;
}

/** Where the value of a field comes from. */
export type ValueOrigin =
  | { readonly from: 'account' }
  | { readonly from: 'group'; readonly group: string }
  | { readonly from: 'initial' };

/** An account as it holds, what it says itself, and where each value comes from. */
export interface EffectiveAccount {
  readonly account: Account;
  readonly own: OwnSettings;
  /** By the place of each field, joined by dots: `quota.bytes`. */
  readonly origins: { readonly [place: string]: ValueOrigin };
}

/**
 * The account that its own values and its groups make. One rule for each field: its own value, else that of the first group
 * that has one, else the initial value.
 * @param groups those that `own.groups` names, in its order
 * @throws FieldError where a value can't be for this account, or nobody gives one that each account must have
 */
export function effectiveAccount(name: string, own: OwnSettings, groups: readonly AccountGroup[]): EffectiveAccount {
  const origins: Record<string, ValueOrigin> = {};
  const settings = PLACED_FIELDS.reduce<OwnSettings>((settings, placed) => {
    const { value, origin } = effectiveValue(placed, name, own, groups);
    origins[placed.place.join('.')] = origin;
    return withFieldValue(settings, placed.place, value);
  }, {});
  return { account: { ...(settings as Account), name }, own, origins };
}

function effectiveValue(
  { place, field }: PlacedField,
  name: string,
  own: OwnSettings,
  groups: readonly AccountGroup[],
): { readonly value: unknown; readonly origin: ValueOrigin } {
  const given = fieldValue(own, place);
  if (given !== undefined) return { value: given ?? undefined, origin: { from: 'account' } };
  const group = field.isOwn ? undefined : groups.find(({ settings }) => fieldValue(settings, place) !== undefined);
  if (group) {
    const value = fieldValue(group.settings, place) ?? undefined;
    const where = `${place.join('.')} of the group ${group.name}`;
    return {
      value: value === undefined ? undefined : inherited(where, field, name, value),
      origin: { from: 'group', group: group.name },
    };
  }
  if (!field.isAlways || field.initial !== undefined) return { value: field.initial, origin: { from: 'initial' } };
  throw new FieldError(`${place.join('.')}: expected a value, of the account itself or of one of its groups`);
}

/** The value of a group as it is for one account. It is read again, for two paths may have become one. */
function inherited(where: string, { kind }: PlacedField['field'], name: string, value: {}): unknown {
  if (!kind.mapPaths) return value;
  try {
    return kind.read(kind.mapPaths(value, (path) => pathFor(name, path)));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = error instanceof FieldError ? error.place : '';
    throw new FieldError(`${where}${place}: ${error.message}`);
  }
}
