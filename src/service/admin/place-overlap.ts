import { namesOf, type OwnSettings, ROOT, type StoredAccounts } from '../../core/index.ts';
import type { AccountAsk } from './account-procedures.ts';
import { isControlled, isWithinReach } from './account-reach.ts';

/** Stands in the paths of a group for the name of each account in it. */
const NAME = '{name}';

/** A directory of a storage, as who made the account or its group has written it. */
interface Place {
  readonly storage: string;
  readonly names: readonly string[];
  /** Whether `{name}` stands for the name of an account. In a path that an account says itself it is a name like any other. */
  readonly isTemplate: boolean;
}

/**
 * The first home or mount of a new account that would lie above, below or at one of an account which whoever asks has no say
 * in; undefined where none does. The name decides where the directories of an account lie, and whoever is limited to groups
 * chooses it. What a group gives to each of its accounts alike is what the maker of the group has decided, and overlaps nothing.
 */
export function overlappingPlace(
  name: string,
  own: OwnSettings,
  { accounts, groups }: StoredAccounts,
  ask: Pick<AccountAsk, 'reach'>,
): string | undefined {
  const { reach } = ask;
  if (reach === undefined) return undefined;
  const mine = placesOf(own, groups).filter(({ names, isTemplate }) => isTemplate && names.some(hasName));
  const ofAccounts = [...accounts]
    .filter(([, other]) => !isWithinReach(other.own, ask) || !isControlled(other.own, ask))
    .flatMap(([other, stored]) => placesOf(stored.own, groups).map((place) => placeFor(other, place)));
  const ofGroups = [...groups]
    .filter(([group]) => !reach.includes(group))
    .flatMap(([, settings]) => [...homeIn(settings, true), ...mountsIn(settings, true)]);
  const others = [...ofAccounts, ...ofGroups];
  const found = mine.find((place) => others.some((other) => overlaps(name, place, other)));
  return found && `/${placeFor(name, found).names.join('/')}`;
}

function overlaps(name: string, mine: Place, other: Place): boolean {
  if (mine.storage !== other.storage) return false;
  // What lies at or above the part that all accounts of the group have in common, holds them all, whatever their names.
  const isAboveAll = other.names.length <= mine.names.findIndex(hasName);
  if (isAboveAll) return false;
  const taken = new Set<string>();
  for (const [index, text] of placeFor(name, mine).names.entries()) {
    const theirs = other.names[index];
    if (theirs === undefined) break;
    if (!other.isTemplate || !hasName(theirs)) {
      if (theirs !== text) return false;
      continue;
    }
    const account = accountIn(theirs, text);
    if (account === undefined) return false;
    taken.add(account);
  }
  // The account of the other group whose name it would take: that of this one is no other account.
  return taken.size === 0 || (taken.size === 1 && !taken.has(name));
}

/** The name of the account whose directory of that template has this name; undefined where there can be none. */
function accountIn(template: string, text: string): string | undefined {
  const fixed = template.split(NAME);
  const length = (text.length - fixed.join('').length) / (fixed.length - 1);
  const start = fixed[0]?.length ?? 0;
  const account = Number.isInteger(length) && length > 0 ? text.slice(start, start + length) : undefined;
  return account !== undefined && nameFor(account, template) === text ? account : undefined;
}

/** The home and the mounts that an account has, or that a group gives to its accounts. */
function placesOf(own: OwnSettings, groups: StoredAccounts['groups']): readonly Place[] {
  const given = (own.groups ?? []).flatMap((group) => groups.get(group) ?? []);
  const home = given.find((settings) => settings.home !== undefined);
  const mounts = given.find((settings) => settings.mounts !== undefined);
  return [
    ...(own.home === undefined ? homeIn(home, true) : homeIn(own, false)),
    ...(own.mounts === undefined ? mountsIn(mounts, true) : mountsIn(own, false)),
  ];
}

function homeIn({ home }: OwnSettings = {}, isTemplate: boolean): readonly Place[] {
  return home === undefined ? [] : [{ storage: 'default', names: namesOf(home), isTemplate }];
}

function mountsIn({ mounts = [] }: OwnSettings = {}, isTemplate: boolean): readonly Place[] {
  return mounts.map(({ storage, path = ROOT }) => ({ storage, names: namesOf(path), isTemplate }));
}

/** The place as it is for that account. */
function placeFor(account: string, place: Place): Place {
  if (!place.isTemplate) return place;
  return { ...place, names: place.names.map((name) => nameFor(account, name)), isTemplate: false };
}

function nameFor(account: string, template: string): string {
  return template.replaceAll(NAME, () => account);
}

function hasName(template: string): boolean {
  return template.includes(NAME);
}
