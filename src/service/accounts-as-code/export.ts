import { stringify } from 'yaml';
import { fieldValue, type OwnSettings, PLACED_FIELDS, type StoredAccounts, withFieldValue } from '../../core/index.ts';

const HEAD = `# Accounts and groups of Lockport, as "lockport apply FILE --plan" compares them and "lockport apply FILE" makes them.
# What is not said is inherited from the groups, or has its initial value; null is an explicit "none".
# Sizes are in bytes, rates in bytes per second, times in UTC.
`;

/**
 * Accounts and groups as a file that `parseAccountsFile` reads: what each says itself, in the order of names and of fields.
 * @param withPasswordHashes whether the hashes of passwords are in it
 */
export function exportAccounts({ accounts, groups }: StoredAccounts, withPasswordHashes: boolean): string {
  const groupEntries = sorted(groups).map(([name, settings]) =>
    entry(name, ordered(settings), 'members inherit these'),
  );
  const accountEntries = sorted(accounts).map(([name, { own, passwordHash }]) => {
    if (passwordHash === '') return entry(name, ordered(own), 'no password');
    if (!withPasswordHashes) return entry(name, ordered(own), 'has a password, which is not in this file');
    return entry(name, { ...ordered(own), passwordHash }, 'has a password');
  });
  return `${HEAD}${section('groups', groupEntries)}${section('accounts', accountEntries)}`;
}

function sorted<Value>(map: ReadonlyMap<string, Value>): readonly (readonly [name: string, value: Value])[] {
  return [...map].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function section(name: string, entries: readonly string[]): string {
  return entries.length === 0 ? `${name}: {}\n` : `${name}:\n${entries.join('')}`;
}

function entry(name: string, settings: object, comment: string): string {
  const text = stringify({ [name]: settings }, { lineWidth: 0 });
  return `  # ${comment}\n${text.replaceAll(/^(?=.)/gm, '  ')}`;
}

/** In the order of the table of fields; dates as text. */
function ordered(settings: OwnSettings): object {
  const all = PLACED_FIELDS.map(({ place }) => ({ place, value: fieldValue(settings, place) }))
    .filter(({ value }) => value !== undefined)
    .reduce<OwnSettings>((made, { place, value }) => withFieldValue(made, place, value), {});
  return JSON.parse(JSON.stringify(all)) as object;
}
