import type { GroupSettings, OwnSettings } from './account.ts';
import { type Field, isField } from './field.ts';
import { FieldError, recordOf, within } from './field-kinds.ts';
import { ACCOUNT_FIELDS } from './fields.ts';
import { checkTemplate } from './template.ts';

/** Reads what a JSON document of an account says. @throws FieldError whose message begins with the place of the mistake */
export function readOwnSettings(json: unknown): OwnSettings {
  return withPlace(() => readSection(OF_ACCOUNT, ACCOUNT_FIELDS, json)) as OwnSettings;
}

/** Reads what a JSON document of a group says. Its paths are templates. @throws FieldError as `readOwnSettings` */
export function readGroupSettings(json: unknown): GroupSettings {
  return withPlace(() => readSection(OF_GROUP, ACCOUNT_FIELDS, json)) as GroupSettings;
}

/** Who says it. */
interface Owner {
  readonly noun: string;
  mayHave(field: Field<unknown>): boolean;
  read(field: Field<unknown>, json: unknown): unknown;
}

const OF_ACCOUNT: Owner = {
  noun: 'an account',
  mayHave: () => true,
  read: ({ kind }, json) => kind.read(json),
};

const OF_GROUP: Owner = {
  noun: 'a group',
  mayHave: ({ isOwn = false }) => !isOwn,
  read({ kind }, json) {
    const value = kind.read(json);
    kind.mapPaths?.(value, checkTemplate);
    return value;
  },
};

type Section = Readonly<Record<string, unknown>>;

function readSection(owner: Owner, fields: Section, json: unknown, separator = ''): Section {
  const parts = Object.entries(fields).filter(([, part]) => !isField(part) || owner.mayHave(part));
  const given = recordOf(
    json,
    parts.map(([name]) => name),
    owner.noun,
  );
  const read = parts
    .filter(([name]) => given[name] !== undefined)
    .map(([name, part]) => [name, within(`${separator}${name}`, () => readPart(owner, part, given[name]))] as const);
  return Object.fromEntries(read);
}

function readPart(owner: Owner, part: unknown, json: unknown): unknown {
  if (!isField(part)) return readSection(owner, part as Section, json, '.');
  return json === null && !part.isAlways ? null : owner.read(part, json);
}

function withPlace<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldError) || error.place === '') throw error;
    throw new FieldError(`${error.place}: ${error.message}`, error.place);
  }
}
