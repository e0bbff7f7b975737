import { isInNetwork, isNetwork } from './network.ts';

/** What stands before a key in a line of authorized_keys and is held here (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface KeyOptions {
  /** The key may be used from these addresses and ranges alone; `!` before one: not from there. */
  readonly from?: readonly string[];
  /** From then on the key opens nothing. */
  readonly expires?: Date;
  /** They are told apart from the key by nothing else: as they are stored and shown. */
  readonly text: string;
}

/** They take away what nobody has here in any case. */
const NEEDLESS: readonly string[] = [
  'restrict',
  'no-agent-forwarding',
  'no-port-forwarding',
  'no-pty',
  'no-user-rc',
  'no-x11-forwarding',
];

export const NO_KEY_OPTIONS: KeyOptions = { text: '' };

/** Reads options without the blank behind them. Gives a sentence on the first one that is not held here: none is passed over. */
export function readKeyOptions(text: string): KeyOptions | string {
  const seen = new Map<string, string>();
  let options: KeyOptions = NO_KEY_OPTIONS;
  for (let rest = text; rest !== ''; ) {
    const match = /^([A-Za-z0-9-]{1,64})(?:="((?:[^"\\]|\\.)*)")?(?:,(?=.)|$)/.exec(rest);
    if (!match) return 'The options before the key can not be read';
    rest = rest.slice(match[0].length);
    const [name, value] = [(match[1] ?? '').toLowerCase(), match[2]];
    const read = READERS.get(name);
    if (!read && !NEEDLESS.includes(name)) return `The option ${name} of a key is not known here`;
    if (seen.has(name)) return `The option ${name} of a key stands there twice`;
    if ((value !== undefined) !== (read !== undefined))
      return `The option ${name} of a key ${read ? 'needs a' : 'has no'} value`;
    seen.set(name, value === undefined ? name : `${name}="${value}"`);
    const held = read?.(value ?? '');
    if (typeof held === 'string') return held;
    options = { ...options, ...held };
  }
  return { ...options, text: [...seen.values()].join(',') };
}

/** Why a key with these options is refused from an address now; undefined where it is not. */
export function refusalByOptions({ from, expires }: KeyOptions, address: string): 'address' | 'expired' | undefined {
  if (expires && expires.getTime() <= Date.now()) return 'expired';
  return from && !isIncluded(address, from) ? 'address' : undefined;
}

type Reader = (value: string) => Omit<KeyOptions, 'text'> | string;

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['from', readFrom],
  ['expiry-time', readExpiry],
]);

function readFrom(value: string): Omit<KeyOptions, 'text'> | string {
  const from = value.split(',');
  const unknown = from.find((each) => !isNetwork(each.replace(/^!/, '')));
  if (unknown === undefined) return { from };
  return `from="${unknown}": a key is held to addresses and ranges such as 192.0.2.0/24, and to no names or patterns`;
}

/** `YYYYMMDD`, `YYYYMMDDHHMM` or `YYYYMMDDHHMMSS`: in UTC with `Z` behind it, else in the time zone of the server. */
function readExpiry(value: string): Omit<KeyOptions, 'text'> | string {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(value);
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = (match ?? [])
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const date =
    match?.[7] === 'Z'
      ? new Date(Date.UTC(year, month - 1, day, hours, minutes, seconds))
      : new Date(year, month - 1, day, hours, minutes, seconds);
  const isReal = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day && month >= 1 && month <= 12;
  if (match && isReal && hours < 24 && minutes < 60 && seconds < 60 && year >= 1970) return { expires: date };
  return `expiry-time="${value}": expected a time such as 20301231, 203012311800 or 20301231180000Z`;
}

/** An entry with `!` that fits refuses, whatever else fits; with such ones alone, nothing does. */
function isIncluded(address: string, from: readonly string[]): boolean {
  const fitting = from.filter((each) => isInNetwork(address, each.replace(/^!/, '')));
  return fitting.length > 0 && fitting.every((each) => !each.startsWith('!'));
}
