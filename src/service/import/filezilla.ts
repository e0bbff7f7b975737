import type { GroupSettings } from '../../core/index.ts';
import { isGroupName, printable } from '../../core/index.ts';
import { readOldUser } from './filezilla-old.ts';
import { readSettings } from './filezilla-settings.ts';
import { ImportError } from './import-error.ts';
import { AccountList, Findings, type Imported, type ImportedFile, inFile, keptHash } from './imported.ts';
import { childNamed, childrenNamed, type Element, parseXml } from './xml.ts';

/** What is no account: by it FileZilla lets people of the system in. */
const SYSTEM_USER = '<system user>';

/** The children of a user that are read here. `readSettings` reads those of users and groups alike. */
const READ = ['password', 'group', 'methods'];

/**
 * FileZilla Server's `users.xml` and `groups.xml` (from 1.0 on), or the `FileZilla Server.xml` of versions before. Settings of
 * other files are not looked at.
 */
export function readFileZilla(files: readonly ImportedFile[], base: string): Imported {
  const findings = new Findings();
  const accounts = new AccountList(findings);
  const groups = new Map<string, GroupSettings>();
  const roots = files.map((file) => inFile(file, () => parseXml(file.text)));
  for (const root of roots.filter(({ name }) => name !== 'filezilla' && name !== 'FileZillaServer'))
    throw new ImportError(`its root is <${printable(root.name)}>, and not <filezilla> or <FileZillaServer>`);
  const isNew = ({ name }: Element) => name === 'filezilla';
  for (const group of roots.filter(isNew).flatMap((root) => childrenNamed(root, 'group'))) {
    const name = group.attributes['name'] ?? '';
    if (isGroupName(name)) groups.set(name, readSettings(group, { name, isGroup: true }, base, findings));
    else findings.add('left-out', `group ${printable(name)}`, 'group', 'this can not be the name of a group here');
  }
  for (const user of roots.filter(isNew).flatMap((root) => childrenNamed(root, 'user')))
    addUser(user, groups, base, accounts);
  for (const root of roots.filter((root) => !isNew(root))) readOld(root, base, accounts);
  return accounts.imported(groups);
}

function addUser(user: Element, groups: ReadonlyMap<string, GroupSettings>, base: string, accounts: AccountList): void {
  const { findings } = accounts;
  const name = user.attributes['name'] ?? '';
  if (name === SYSTEM_USER) {
    findings.add(
      'left-out',
      SYSTEM_USER,
      'user',
      'people of the system do not sign in here; each account is one of its own',
    );
    return;
  }
  if (!accounts.accepts(name)) return;
  const given = childrenNamed(user, 'group').map(({ text }) => text);
  const known = given.filter((group) => groups.has(group));
  for (const group of given.filter((group) => !groups.has(group)))
    findings.add(
      'left-out',
      name,
      `group ${printable(group)}`,
      'it is in none of the files; groups.xml has the groups',
    );
  if (known.length > 0)
    findings.add(
      'changed',
      name,
      'group',
      'its own values count before those of its groups; FileZilla puts them together',
    );
  const settings = readSettings(user, { name, isGroup: false, inherits: known.length > 0 }, base, findings, READ);
  accounts.add({ name, ...settings, ...(known.length > 0 && { groups: known }) }, hashOf(user, name, findings));
}

function readOld(root: Element, base: string, accounts: AccountList): void {
  const groups = childNamed(root, 'Groups')?.children ?? [];
  for (const group of groups) {
    const text = 'groups of FileZilla Server before 1.0 are not taken over; make them by "lockport group add"';
    accounts.findings.add('left-out', `group ${printable(group.attributes['Name'] ?? '')}`, 'group', text);
  }
  for (const user of childNamed(root, 'Users')?.children ?? []) readOldUser(user, base, accounts);
}

/** By the number that FileZilla gives each way to store a password, what we write for it. */
const HASHES: Readonly<
  Record<string, (parts: { readonly hash: string; readonly salt: string; readonly iterations: string }) => string>
> = {
  1: ({ hash, salt, iterations }) => `$pbkdf2-b64salt-sha256$${iterations}$${salt}$${hash}`,
  2: ({ hash }) => `$md5$${Buffer.from(hash, 'base64').toString('hex')}`,
  3: ({ hash, salt }) => `$salted-sha512$${salt}$${Buffer.from(hash, 'base64').toString('hex')}`,
};

function hashOf(user: Element, name: string, findings: Findings): string {
  const password = childNamed(user, 'password');
  const index = password?.attributes['index'] ?? '0';
  if (!password || index === '0') {
    if (user.attributes['enabled'] !== 'false')
      findings.add('warning', name, 'password', 'FileZilla asks it for none; here nobody signs in without one');
    return '';
  }
  const text = (child: string) => childNamed(password, child)?.text ?? '';
  const parts = { hash: text('hash'), salt: text('salt'), iterations: text('iterations') };
  return keptHash(HASHES[index]?.(parts) ?? `index ${index}`, name, findings);
}
