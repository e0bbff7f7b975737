import { Buffer } from 'node:buffer';
import { printable, type Right, ROOT } from '../../core/index.ts';
import { type AccountList, allowedFrom, type Findings, homeBelow, keptHash } from './imported.ts';
import { childNamed, childrenNamed, type Element } from './xml.ts';

/** Our rights, and which of its options all have to be on for each. */
const RIGHTS_BY_OPTIONS: readonly (readonly [right: Right, options: readonly string[]])[] = [
  ['list', ['DirList']],
  ['download', ['FileRead']],
  ['upload', ['FileWrite']],
  ['overwrite', ['FileWrite', 'FileDelete']],
  ['append', ['FileWrite', 'FileAppend']],
  ['delete', ['FileDelete', 'DirDelete']],
  ['rename', ['FileWrite', 'FileDelete']],
  ['make-directory', ['DirCreate']],
  ['times', ['FileWrite']],
];

const READ = ['Pass', 'Salt', 'Enabled', 'User Limit'];
/** Options where 2 stands for what the group says. What they ask for holds here for everybody, where it is on. */
const OF_GROUP = ['Bypass server userlimit', 'ForceSsl', '8plus3'];

const READ_CHILDREN = ['Option', 'IpFilter', 'Permissions'];
const NO_SETTING = 'there is no such setting here';

/** A user of FileZilla Server before 1.0. */
export function readOldUser(user: Element, base: string, accounts: AccountList): void {
  const { findings } = accounts;
  const name = user.attributes['Name'] ?? '';
  if (!accounts.accepts(name)) return;
  const options = optionsOf(user);
  for (const [option, value] of options) {
    const isNothing = ['', '0'].includes(value) || OF_GROUP.includes(option);
    if (!READ.includes(option) && !isNothing) findings.add('left-out', name, printable(option), NO_SETTING);
  }
  for (const { name: child, attributes } of user.children.filter((child) => !READ_CHILDREN.includes(child.name))) {
    if (child !== 'SpeedLimits' || [attributes['DlType'], attributes['UlType']].some((type = '0') => type !== '0'))
      findings.add('left-out', name, printable(child), NO_SETTING);
  }
  const sessions = Number(options.get('User Limit') ?? 0);
  const filter = childNamed(user, 'IpFilter');
  if ((childNamed(filter, 'Disallowed')?.children.length ?? 0) > 0)
    findings.add(
      'warning',
      name,
      'IpFilter, Disallowed',
      'an account has allowed addresses alone; "lockport ban add" keeps an address from all',
    );
  const allowed = (childNamed(filter, 'Allowed')?.children ?? []).map(({ text }) => text);
  const addresses = allowedFrom(allowed, name, 'IpFilter, Allowed', findings);
  const { directory, rights } = homeOf(user, name, findings);
  const account = {
    name,
    home: homeBelow(base, directory, name, findings),
    rights: [{ path: ROOT, rights }],
    ...(Number.isSafeInteger(sessions) && sessions > 0 && { maxSessions: sessions }),
    ...(addresses !== undefined && addresses.length > 0 && { allowedAddresses: addresses }),
    ...((options.get('Enabled') === '0' || addresses === undefined) && { disabled: true }),
  };
  accounts.add(account, hashOf(options, name, findings));
}

function homeOf(
  user: Element,
  name: string,
  findings: Findings,
): { readonly directory: string; readonly rights: readonly Right[] } {
  const permissions = childrenNamed(childNamed(user, 'Permissions') ?? user, 'Permission');
  const home = permissions.find((permission) => optionsOf(permission).get('IsHome') === '1');
  for (const other of permissions.filter((permission) => permission !== home))
    findings.add(
      'left-out',
      name,
      `directory ${printable(other.attributes['Dir'] ?? '')}`,
      'the home alone is taken over; name its storage by --mount',
    );
  if (home && optionsOf(home).get('DirSubdirs') !== '1')
    findings.add('warning', name, 'DirSubdirs', 'its rights were for the home alone; here they are for all below, too');
  const is = home ? optionsOf(home) : new Map<string, string>();
  return {
    directory: (home?.attributes['Dir'] ?? '').replaceAll(':u', name),
    rights: RIGHTS_BY_OPTIONS.filter(([, needed]) => needed.every((option) => is.get(option) === '1')).map(
      ([right]) => right,
    ),
  };
}

/** From 0.9.54 on the password is hashed with a salt, whose bytes are those of its text. */
function hashOf(options: ReadonlyMap<string, string>, name: string, findings: Findings): string {
  const [hash, salt] = [(options.get('Pass') ?? '').toLowerCase(), options.get('Salt') ?? ''];
  if (hash === '') return keptHash('', name, findings);
  return keptHash(
    salt === '' ? `$md5$${hash}` : `$salted-sha512$${Buffer.from(salt).toString('base64')}$${hash}`,
    name,
    findings,
  );
}

function optionsOf(element: Element): ReadonlyMap<string, string> {
  return new Map(childrenNamed(element, 'Option').map(({ attributes, text }) => [attributes['Name'] ?? '', text]));
}
