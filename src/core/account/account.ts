import { type Field, isField } from './field.ts';
import { ACCOUNT_FIELDS } from './fields.ts';

/** The values of a section of fields. */
type ValuesOf<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends Field<infer _, false> ? never : Name]: ValueOf<Fields[Name]>;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends Field<infer _, false> ? Name : never]?: ValueOf<Fields[Name]>;
};

type ValueOf<One> = One extends Field<infer Value> ? Exclude<Value, undefined> : Flat<ValuesOf<One>>;
type Flat<Values> = { readonly [Name in keyof Values]: Values[Name] };

/** All of an account but its name, as it holds: with what its groups give. */
export interface AccountSettings extends Flat<ValuesOf<typeof ACCOUNT_FIELDS>> {}

/** A person or program that may sign in, and all that is fixed about it. */
export interface Account extends AccountSettings {
  readonly name: string;
}

/** The values that an account, or a group, has itself. */
type OwnValuesOf<Fields> = { readonly [Name in keyof Fields]?: OwnValueOf<Fields[Name]> };
type OwnValueOf<One> =
  One extends Field<infer Value, infer IsAlways>
    ? Exclude<Value, undefined> | (IsAlways extends true ? never : null)
    : Flat<OwnValuesOf<One>>;

/**
 * What an account itself says. An absent value is inherited: the first of its groups that has one gives it, else it is the
 * initial value. `null` is an explicit "none", such as no quota, and is inherited from nobody.
 */
export interface OwnSettings extends Flat<OwnValuesOf<typeof ACCOUNT_FIELDS>> {}

/** What a group says, as `OwnSettings`. It has no value of a field that each account says for itself. */
export interface GroupSettings extends OwnSettings {}

/** One field, with the names that lead to it: `['quota', 'bytes']`. */
export interface PlacedField {
  readonly place: readonly string[];
  readonly field: Field<unknown>;
}

/** All fields, in the order of the table. */
export const PLACED_FIELDS: readonly PlacedField[] = placedIn(ACCOUNT_FIELDS, []);

/** The value of a field in an account or a group; undefined where it has none. */
export function fieldValue(settings: OwnSettings, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, name) => (value as Section | undefined)?.[name], settings);
}

/** The same with another value of one field; undefined takes it away, from within a section too. */
export function withFieldValue<Settings extends OwnSettings>(
  settings: Settings,
  place: readonly string[],
  value: unknown,
): Settings {
  return replaced(settings, place, value) as unknown as Settings;
}

/** The values that a new account has where nobody says otherwise. */
export function initialSettings(): Partial<AccountSettings> {
  return PLACED_FIELDS.reduce((settings, { place, field }) => withFieldValue(settings, place, field.initial), {});
}

/**
 * Why sessions of an account must end when it is changed so; undefined where nothing is taken away. An expiry is not among it.
 * An undefined account is one that can't be read.
 */
export function whatIsTakenAway(
  before: AccountSettings | undefined,
  after: AccountSettings | undefined,
): string | undefined {
  if (!before || !after) return before === after ? undefined : 'account changed';
  const found = PLACED_FIELDS.find(
    ({ place, field }) => field.takesAway?.(fieldValue(before, place), fieldValue(after, place)) ?? false,
  );
  return found?.field.ends;
}

type Section = Readonly<Record<string, unknown>>;

function placedIn(fields: Section, place: readonly string[]): readonly PlacedField[] {
  return Object.entries(fields).flatMap(([name, part]) =>
    isField(part) ? [{ place: [...place, name], field: part }] : placedIn(part as Section, [...place, name]),
  );
}

function replaced(section: object, [name = '', ...rest]: readonly string[], value: unknown): Section {
  const { [name]: before, ...others } = section as Section;
  const after = rest.length > 0 ? replaced((before as Section | undefined) ?? {}, rest, value) : value;
  return after === undefined ? others : { ...section, [name]: after };
}
