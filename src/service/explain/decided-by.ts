import {
  type AccountRecord,
  type DecidingRule,
  FOREVER,
  fieldValue,
  type GroupSettings,
  PLACED_FIELDS,
  parentOf,
  printable,
  type RightsRule,
  type ValueOrigin,
  type VirtualPath,
} from '../../core/index.ts';
import type { ListenerRules } from '../../server/index.ts';
import type { DecidedBy, ExplainedListener } from './explanation.ts';

/** What the groups of an account say themselves, by their names. */
export type GroupRules = ReadonlyMap<string, GroupSettings>;

/** A rule in words, with how to change it. */
export function decidedBy(rule: DecidingRule, record: AccountRecord | undefined, groups: GroupRules): DecidedBy {
  const { kind } = rule;
  if (kind === 'field') return { rule, ...byField(rule.place, record, groups) };
  if (kind === 'right') {
    const text = `${rightText(rule)}${ofOrigin('rights', record)}`;
    return { rule, ...byField('rights', record, groups, shellWord(addedRule(rule))), text };
  }
  if (kind === 'account') return { rule, ...STATES[rule.state](record?.account.name ?? '') };
  if (kind === 'ban') return { rule, ...byBan(rule) };
  return { rule, text: `The setting ${rule.key}`, change: settingChange(rule.key) };
}

/** An option of the server, as the configuration has it. */
export function settingRule(
  option: string,
  { key, index }: ExplainedListener,
  rules: readonly ListenerRules[],
): DecidingRule {
  const own = rules[index];
  const isOwn: { readonly [option: string]: boolean } = {
    accounts: true,
    'clear.login': own?.clear?.login !== undefined,
    'clear.data': own?.clear?.data !== undefined,
  };
  const setting = SETTINGS[option] ?? option;
  return { kind: 'setting', key: isOwn[option] ? `${key}.${setting}` : setting };
}

/** Whose value a field is: " of the group partners". */
export function originText(place: string, record: AccountRecord | undefined): string | undefined {
  const origin = record?.origins[place];
  if (!origin) return undefined;
  return { account: 'of the account itself', group: `of the group ${groupOf(origin)}`, initial: 'as no value is set' }[
    origin.from
  ];
}

/** A value of a field for people. */
export function valueText(value: unknown): string {
  if (value === undefined) return 'none';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueText).join(', ');
  if (isRightsRule(value)) return `${printable(value.path)}=${value.rights.join(',') || 'none'}`;
  if (isMount(value)) return `${printable(value.at)}=${value.storage}${value.readOnly ? ' (read only)' : ''}`;
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}

/** The options of the server room by the keys of the configuration. */
const SETTINGS: { readonly [option: string]: string } = {
  'clear.login': 'plainFtp.login',
  'clear.data': 'plainFtp.data',
  records: 'audit.onFailure',
  receipts: 'audit.enabled',
};

const STATES: {
  readonly [State in Extract<DecidingRule, { kind: 'account' }>['state']]: (
    name: string,
  ) => Pick<DecidedBy, 'text' | 'change'>;
} = {
  unknown: () => ({ text: 'There is no such account', change: 'lockport user list' }),
  'no-password': (name) => ({ text: 'The account has no password', change: `lockport user passwd ${printable(name)}` }),
  locked: (name) => ({
    text: 'The account is locked after too many wrong passwords',
    change: `lockport user unlock ${printable(name)}`,
  }),
  'password-due': (name) => ({
    text: 'The password must be changed first, by its holder (SITE PSWD): it has expired, or an operator has asked for that',
    change: `lockport user passwd ${printable(name)}`,
  }),
  'password-expired': (name) => ({
    text: 'The password of the account has expired (passwords.maxAge)',
    change: `lockport user passwd ${printable(name)}`,
  }),
};

function byField(place: string, record: AccountRecord | undefined, groups: GroupRules, added?: string): DecidedBy {
  const value = record && fieldValue(record.account, place.split('.'));
  const origin = record?.origins[place];
  return {
    text: `${place} is ${valueText(value)}${ofOrigin(place, record)}`,
    ...(origin && { origin }),
    ...(record && { change: changeText(place, record, groups, added) }),
  };
}

/** A list is set as a whole: so all that stands there now comes before what is added. */
function changeText(
  place: string,
  { account, own, origins }: AccountRecord,
  groups: GroupRules,
  added: string | undefined,
): string {
  const name = shellWord(printable(account.name));
  if (place === 'disabled') return `lockport user enable ${name}`;
  const origin = origins[place];
  const { flag = '', kind } = PLACED_FIELDS.find((each) => each.place.join('.') === place)?.field ?? {};
  const [word = '', value = ''] = flag.split(' ', 2);
  const isGroups = origin?.from === 'group';
  const whose = isGroups ? `group set ${shellWord(origin.group)}` : `user set ${name}`;
  const said = fieldValue(isGroups ? (groups.get(origin.group) ?? {}) : own, place.split('.'));
  const kept = kind?.item && Array.isArray(said) ? said.map((each) => `${word} ${shellWord(itemText(each))}`) : [];
  const fresh = [word, added ?? value].filter((text) => text !== '').join(' ');
  return ['lockport', whose, ...kept, fresh].join(' ').trimEnd();
}

/** As a flag takes it. */
function itemText(value: unknown): string {
  if (!isMount(value)) return valueText(value);
  const { at, storage, path, readOnly } = value;
  return printable(`${at}=${storage}${path === undefined ? '' : `:${path}`}${readOnly ? ',ro' : ''}`);
}

/** The narrowest rule that gives what was missing and keeps what there is: for the directory of the path. */
function addedRule({ right, path, rule }: Extract<DecidingRule, { kind: 'right' }>): string {
  const directory = parentOf(path as VirtualPath);
  const rights = [...(rule?.rights ?? []), ...(right === undefined ? ['<rights>'] : [right])];
  return `${printable(directory)}=${rights.join(',')}`;
}

/** The text as one word of a POSIX shell. */
function shellWord(text: string): string {
  return /^[\w.,=:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function settingChange(key: string): string {
  const way = `set ${key} in lockport.yaml, and start the server anew`;
  const instead = INSTEAD[key.replace(/^listeners\[\d+\]\./, '')];
  return instead === undefined ? way : `${instead}, or ${way}`;
}

/** What is better than a weaker setting. */
const INSTEAD: { readonly [key: string]: string | undefined } = {
  'plainFtp.login': 'have the client start TLS (AUTH TLS) before it signs in',
  'plainFtp.data': 'have the client protect its data connections (PROT P)',
  'tls.clientCertificates.ask': 'have the client show a certificate',
  'audit.onFailure': 'mend what keeps the audit trail from being written: "lockport status" tells it',
};

function byBan({
  network,
  until,
  operator,
}: Extract<DecidingRule, { kind: 'ban' }>): Pick<DecidedBy, 'text' | 'change'> {
  const end = until.getTime() === FOREVER.getTime() ? 'until it is lifted' : `until ${until.toISOString()}`;
  const by = operator ? `by an operator (${printable(operator.reason)})` : 'after too many failed logins';
  return { text: `${network} is banned ${end}, ${by}`, change: `lockport ban lift ${network}` };
}

function rightText({ right, path, rule }: Extract<DecidingRule, { kind: 'right' }>): string {
  const where = printable(path);
  if (!rule) return `No rule of rights covers ${where}`;
  const what = right === undefined ? 'decides there' : `has not the right ${right}`;
  return `The rule ${valueText(rule)} covers ${where} and ${what}`;
}

function ofOrigin(place: string, record: AccountRecord | undefined): string {
  const text = originText(place, record);
  return text === undefined ? '' : `, ${text}`;
}

function groupOf(origin: ValueOrigin): string {
  return origin.from === 'group' ? origin.group : '';
}

function isRightsRule(value: unknown): value is Pick<RightsRule, 'rights'> & { readonly path: string } {
  return typeof value === 'object' && value !== null && 'rights' in value;
}

function isMount(value: unknown): value is AccountRecord['account']['mounts'][number] {
  return typeof value === 'object' && value !== null && 'storage' in value;
}
