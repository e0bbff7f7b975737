import { FieldError, recordOf, within } from './field-kinds.ts';
import { ACCOUNT_FIELDS, type Field } from './fields.ts';

/** The values of a group of fields. */
type ValuesOf<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends Field<infer _, false> ? never : Name]: ValueOf<Fields[Name]>;
} & {
  readonly [Name in keyof Fields as Fields[Name] extends Field<infer _, false> ? Name : never]?: ValueOf<Fields[Name]>;
};

type ValueOf<One> = One extends Field<infer Value> ? Exclude<Value, undefined> : Flat<ValuesOf<One>>;
type Flat<Values> = { readonly [Name in keyof Values]: Values[Name] };

/** All of an account but its name. */
export interface AccountSettings extends Flat<ValuesOf<typeof ACCOUNT_FIELDS>> {}

/** A person or program that may sign in, and all that is fixed about it. */
export interface Account extends AccountSettings {
  readonly name: string;
}

/** One field, with the names that lead to it: `['quota', 'bytes']`. */
export interface PlacedField {
  readonly place: readonly string[];
  readonly field: Field<unknown>;
}

/** All fields, in the order of the table. */
export const PLACED_FIELDS: readonly PlacedField[] = placedIn(ACCOUNT_FIELDS, []);

/** The value of a field in an account; undefined where it has none. */
export function fieldValue(account: AccountSettings, place: readonly string[]): unknown {
  return place.reduce<unknown>((value, name) => (value as Group | undefined)?.[name], account);
}

/** The account with another value of one field; undefined takes it away, from within a group too. */
export function withFieldValue<Settings extends AccountSettings>(
  account: Settings,
  place: readonly string[],
  value: unknown,
): Settings {
  return replaced(account, place, value) as unknown as Settings;
}

/**
 * Reads what a JSON document says of an account: all of it is checked, and what it may leave out has its initial value.
 * @throws FieldError whose message begins with the place of the mistake
 */
export function readAccountSettings(json: unknown): AccountSettings {
  try {
    return readGroup(ACCOUNT_FIELDS, json) as AccountSettings;
  } catch (error) {
    if (!(error instanceof FieldError) || error.place === '') throw error;
    throw new FieldError(`${error.place}: ${error.message}`, error.place);
  }
}

/** The values that a new account has where nobody says otherwise. */
export function initialSettings(): Partial<AccountSettings> {
  return initialOf(ACCOUNT_FIELDS);
}

/** Why sessions of an account must end when it is changed so; undefined where nothing is taken away. An expiry is not among it. */
export function whatIsTakenAway(before: AccountSettings, after: AccountSettings): string | undefined {
  const found = PLACED_FIELDS.find(
    ({ place, field }) => field.takesAway?.(fieldValue(before, place), fieldValue(after, place)) ?? false,
  );
  return found?.field.ends;
}

type Group = Readonly<Record<string, unknown>>;

function isField(part: unknown): part is Field<unknown> {
  return typeof part === 'object' && part !== null && 'kind' in part;
}

function placedIn(fields: Group, place: readonly string[]): readonly PlacedField[] {
  return Object.entries(fields).flatMap(([name, part]) =>
    isField(part) ? [{ place: [...place, name], field: part }] : placedIn(part as Group, [...place, name]),
  );
}

function readGroup(fields: Group, json: unknown, separator = ''): Group {
  const given = recordOf(json, Object.keys(fields));
  const read = Object.entries(fields).map(
    ([name, part]) => [name, within(`${separator}${name}`, () => readPart(part, given[name]))] as const,
  );
  return Object.fromEntries(read.filter(([, value]) => value !== undefined));
}

function readPart(part: unknown, json: unknown): unknown {
  if (!isField(part)) return readGroup(part as Group, json === undefined ? {} : json, '.');
  return json === undefined && (!part.isAlways || 'initial' in part) ? part.initial : part.kind.read(json);
}

function initialOf(fields: Group): Group {
  const values = Object.entries(fields).map(([name, part]) => [
    name,
    isField(part) ? part.initial : initialOf(part as Group),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function replaced(group: object, [name = '', ...rest]: readonly string[], value: unknown): Group {
  const { [name]: before, ...others } = group as Group;
  const after = rest.length > 0 ? replaced((before as Group | undefined) ?? {}, rest, value) : value;
  return after === undefined ? others : { ...group, [name]: after };
}
