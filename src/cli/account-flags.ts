import { Option } from 'commander';
import {
  type AccountChanges,
  fieldValue,
  type OwnSettings,
  PLACED_FIELDS,
  type PlacedField,
  withFieldValue,
} from '../core/index.ts';
import { parseField } from './field-texts.ts';
import { repeatableOption } from './repeatable-option.ts';
import { UsageError } from './usage-error.ts';

/** The word with which each flag takes the own value away. */
const INHERIT = 'inherit';

/** A field of an account that a flag of `user` and `group`, `add` and `set`, sets. */
interface AccountFlag extends PlacedField {
  readonly option: Option;
}

const FLAGS: readonly AccountFlag[] = PLACED_FIELDS.flatMap((placed) =>
  placed.field.flag === undefined ? [] : [{ ...placed, option: optionOf(placed, placed.field.flag) }],
);

export const ACCOUNT_OPTIONS: readonly Option[] = FLAGS.map(({ option }) => option);

export const GROUP_OPTIONS: readonly Option[] = FLAGS.filter(({ field }) => !field.isOwn).map(({ option }) => option);

/** What commander made of the command line, by the attribute of each option. */
export type AccountFlagValues = Readonly<Record<string, string | string[] | undefined>>;

/** What the given flags change in what an account, or a group, says itself. @throws UsageError for a value that can't be. */
export function changesFrom(flags: AccountFlagValues, own: OwnSettings): AccountChanges {
  const given = FLAGS.filter(({ option }) => flags[option.attributeName()] !== undefined);
  const after = given.reduce((settings, flag) => {
    const words = [flags[flag.option.attributeName()] ?? []].flat();
    return withFieldValue(settings, flag.place, valueFrom(flag, words));
  }, own);
  const names = new Set(given.map(({ place: [name = ''] }) => name));
  return Object.fromEntries([...names].map((name) => [name, fieldValue(after, [name])]));
}

/** The settings with the changes. What they take away is undefined in it, which the database stores as absent. */
export function withChanges(own: OwnSettings, changes: AccountChanges): OwnSettings {
  return { ...own, ...changes } as OwnSettings;
}

/** Undefined: inherited. Null: explicitly none. */
function valueFrom({ field, option: { long } }: AccountFlag, words: readonly string[]): unknown {
  const flag = long ?? '';
  if (!field.isOwn && words.includes(INHERIT)) {
    if (words.length > 1) throw new UsageError(`${flag}: ${INHERIT} can't be given beside other values`);
    return undefined;
  }
  return parseField(flag, field.kind, words, field.none) ?? null;
}

function optionOf({ field: { kind, summary, none, isOwn } }: PlacedField, flag: string): Option {
  const words = [...(none === undefined ? [] : [none]), ...(isOwn ? [] : [INHERIT])];
  const text = isOwn ? summary : `${summary}; or ${INHERIT}`;
  if (kind.item) return repeatableOption(flag, text);
  const option = new Option(flag, text);
  return kind.words ? option.choices([...kind.words, ...words]) : option;
}
