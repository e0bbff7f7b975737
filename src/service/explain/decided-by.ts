import {
  type AccountRecord,
  type DecidingRule,
  FOREVER,
  fieldValue,
  PLACED_FIELDS,
  printable,
  type RightsRule,
  type ValueOrigin,
} from '../../core/index.ts';
import type { ListenerRules } from '../../server/index.ts';
import type { DecidedBy, ExplainedListener } from './explanation.ts';

/** A rule in words, with how to change it. */
export function decidedBy(rule: DecidingRule, record: AccountRecord | undefined): DecidedBy {
  const { kind } = rule;
  if (kind === 'field') return { rule, ...byField(rule.place, record) };
  if (kind === 'right')
    return { rule, ...byField('rights', record), text: `${rightText(rule)}${ofOrigin('rights', record)}` };
  if (kind === 'account') return { rule, ...STATES[rule.state](record?.account.name ?? '') };
  if (kind === 'ban') return { rule, ...byBan(rule) };
  return { rule, text: `The setting ${rule.key}`, change: 'lockport config show' };
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

function byField(place: string, record: AccountRecord | undefined): DecidedBy {
  const value = record && fieldValue(record.account, place.split('.'));
  const origin = record?.origins[place];
  return {
    text: `${place} is ${valueText(value)}${ofOrigin(place, record)}`,
    ...(origin && { origin }),
    ...(record && { change: changeText(place, record, origin) }),
  };
}

function changeText(place: string, { account }: AccountRecord, origin: ValueOrigin | undefined): string {
  if (place === 'disabled') return `lockport user enable ${printable(account.name)}`;
  const flag = PLACED_FIELDS.find((each) => each.place.join('.') === place)?.field.flag ?? '';
  const whose = origin?.from === 'group' ? `group set ${origin.group}` : `user set ${printable(account.name)}`;
  return `lockport ${whose} ${flag}`.trimEnd();
}

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
