import { bytes, count, duration, moment, rate } from '../../shared/format.ts';
import { words } from '../words/index.ts';

export type FieldPlace = keyof typeof words.fields;

/** How a value is shown, and by which control it is given. */
export type SettingKind =
  | 'text'
  | 'size'
  | 'rate'
  | 'count'
  | 'minutes'
  | 'moment'
  | 'choice'
  | 'lines'
  | 'groups'
  | 'mounts'
  | 'rights';

export interface SettingsField {
  readonly place: FieldPlace;
  readonly kind: SettingKind;
  /** Each account says it for itself: no group has it. */
  readonly isOwn?: boolean;
  /** "None" is a value, which is not inherited. */
  readonly isOptional?: boolean;
  /** Its holder's groups decide where whoever administers is limited to groups. */
  readonly isOfServer?: boolean;
}

/** The fields of accounts and groups that the console sets, by what people think of together. */
export const FIELDS: Readonly<Record<keyof typeof words.settings.parts, readonly SettingsField[]>> = {
  reach: [
    { place: 'home', kind: 'text', isOfServer: true },
    { place: 'rights', kind: 'rights', isOfServer: true },
    { place: 'mounts', kind: 'mounts', isOfServer: true },
    { place: 'directories', kind: 'lines', isOfServer: true },
    { place: 'groups', kind: 'groups', isOwn: true, isOfServer: true },
  ],
  limits: [
    { place: 'quota.bytes', kind: 'size', isOptional: true, isOfServer: true },
    { place: 'quota.files', kind: 'count', isOptional: true, isOfServer: true },
    { place: 'rate.upload', kind: 'rate', isOptional: true, isOfServer: true },
    { place: 'rate.download', kind: 'rate', isOptional: true, isOfServer: true },
    { place: 'maxSessions', kind: 'count', isOptional: true },
    { place: 'idleTimeout', kind: 'minutes', isOptional: true },
  ],
  entry: [
    { place: 'allowedAddresses', kind: 'lines' },
    { place: 'expires', kind: 'moment', isOwn: true, isOptional: true },
    { place: 'email', kind: 'text', isOwn: true, isOptional: true },
    { place: 'passwordChange', kind: 'choice' },
    { place: 'secondFactor', kind: 'choice' },
    { place: 'authorizedKeys', kind: 'lines', isOwn: true },
    { place: 'keyUse', kind: 'choice' },
    { place: 'certificate.use', kind: 'choice' },
    { place: 'certificate.fingerprints', kind: 'lines', isOwn: true },
  ],
};

export interface ShownMount {
  readonly at: string;
  readonly storage: string;
  readonly path?: string;
  readonly readOnly?: boolean;
}

export interface ShownRule {
  readonly path: string;
  readonly rights: readonly string[];
}

/** The value at a place such as `quota.bytes`. */
export function valueAt(settings: object, place: FieldPlace): unknown {
  return place
    .split('.')
    .reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], settings);
}

/** Settings with this one value. */
export function settingAt(place: FieldPlace, value: unknown): object {
  return place.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object;
}

/** A value in words. A list is one text each. */
export function shownValue({ place, kind }: SettingsField, value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.map((each: unknown) => shownItem(kind, each));
  const scalar = value as string & number;
  switch (kind) {
    case 'size':
      return [bytes(scalar)];
    case 'rate':
      return [rate(scalar)];
    case 'count':
      return [count(scalar)];
    case 'minutes':
      return [duration(scalar)];
    case 'moment':
      return [moment(scalar)];
    case 'choice':
      return [choicesOf(place)[scalar] ?? scalar];
    default:
      return [scalar];
  }
}

/** What the control of a field without a value begins with; undefined where somebody has to say something. */
export function beginningOf({ place, kind }: SettingsField): unknown {
  if (kind === 'choice') return Object.keys(choicesOf(place))[0];
  return ['lines', 'groups', 'mounts', 'rights'].includes(kind) ? [] : undefined;
}

export function choicesOf(place: FieldPlace): Readonly<Record<string, string>> {
  return Object.hasOwn(words.choices, place) ? words.choices[place as keyof typeof words.choices] : {};
}

function shownItem(kind: SettingKind, item: unknown): string {
  if (kind === 'mounts') return mountLine(item as ShownMount);
  if (kind !== 'rights') return item as string;
  const { path, rights } = item as ShownRule;
  return `${path}: ${rightsText(rights)}`;
}

export function rightsText(rights: readonly string[]): string {
  return rights.length === 0
    ? words.account.nothing
    : rights.map((each) => words.account.rightNames[each] ?? each).join(', ');
}

/** As the command line has mounts: `/path=storage:/directory,ro`. */
export function mountLine({ at, storage, path, readOnly }: ShownMount): string {
  return `${at}=${storage}${path === undefined ? '' : `:${path}`}${readOnly ? ',ro' : ''}`;
}

/** What is no mount is sent as it is, and the server says what is wrong. */
export function mountOf(line: string): ShownMount {
  const [, at = line, storage = '', path, ro] = /^([^=]*)=([^:,]*)(?::(.*?))?(,ro)?$/.exec(line) ?? [];
  return { at, storage, ...(path !== undefined && { path }), ...(ro !== undefined && { readOnly: true }) };
}
