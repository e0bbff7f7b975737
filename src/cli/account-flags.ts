import { Option } from 'commander';
import {
  type Account,
  type AccountChanges,
  fieldValue,
  PLACED_FIELDS,
  type PlacedField,
  withFieldValue,
} from '../core/index.ts';
import { parseField } from './field-texts.ts';

/** A field of an account that a flag of `user add` and `user set` sets. */
interface AccountFlag extends PlacedField {
  readonly option: Option;
}

const FLAGS: readonly AccountFlag[] = PLACED_FIELDS.flatMap((placed) =>
  placed.field.flag === undefined ? [] : [{ ...placed, option: optionOf(placed, placed.field.flag) }],
);

export const ACCOUNT_OPTIONS: readonly Option[] = FLAGS.map(({ option }) => option);

/** What commander made of the command line, by the attribute of each option. */
export type AccountFlagValues = Readonly<Record<string, string | string[] | undefined>>;

/** What the given flags change in the account. @throws UsageError for a value that can't be. */
export function changesFrom(flags: AccountFlagValues, account: Account): AccountChanges {
  const given = FLAGS.filter(({ option }) => flags[option.attributeName()] !== undefined);
  const after = given.reduce((account, { place, field, option }) => {
    const words = [flags[option.attributeName()] ?? []].flat();
    return withFieldValue(account, place, parseField(option.long ?? '', field.kind, words, field.none));
  }, account);
  const names = new Set(given.map(({ place: [name = ''] }) => name));
  return Object.fromEntries([...names].map((name) => [name, fieldValue(after, [name])]));
}

/** The account with the changes. What they take away is undefined in it, which the database stores as absent. */
export function withChanges(account: Account, changes: AccountChanges): Account {
  return { ...account, ...changes } as Account;
}

function optionOf({ field: { kind, summary, none } }: PlacedField, flag: string): Option {
  if (kind.item) {
    const collect = (value: string, before: readonly string[] | undefined) => [...(before ?? []), value];
    return new Option(flag, `${summary} (repeatable)`).argParser(collect);
  }
  const option = new Option(flag, summary);
  return kind.words ? option.choices([...kind.words, ...(none === undefined ? [] : [none])]) : option;
}
