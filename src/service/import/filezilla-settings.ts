import type { OwnSettings } from '../../core/index.ts';
import { printable, RIGHTS, type Right, type RightsRule, ROOT } from '../../core/index.ts';
import { ALL_RIGHTS, allowedFrom, type Findings, homeBelow, importedPath } from './imported.ts';
import { childNamed, childrenNamed, type Element } from './xml.ts';

const READ_ONLY: readonly Right[] = ['list', 'download'];
/** Without `make-directory`: files below may change, and the tree may not. */
const FILES_ALONE: readonly Right[] = RIGHTS.filter((right) => right !== 'make-directory');

/** What stands in paths for the name of the user. */
const USER = ':u';

const READ = ['mount_point', 'rate_limits', 'allowed_ips', 'disallowed_ips', 'description'];

interface Owner {
  readonly name: string;
  readonly isGroup: boolean;
  /** Whether groups may say what it leaves open. */
  readonly inherits?: boolean;
}

/**
 * What users and groups of FileZilla Server (from 1.0 on) say alike.
 * @param readElsewhere children that the caller reads
 */
export function readSettings(
  element: Element,
  owner: Owner,
  base: string,
  findings: Findings,
  readElsewhere: readonly string[] = [],
): OwnSettings {
  const who = owner.isGroup ? `group ${owner.name}` : owner.name;
  tellRest(element, who, [...READ, ...readElsewhere], findings);
  const denied = childNamed(element, 'disallowed_ips')?.text ?? '';
  if (denied !== '') {
    const text = 'an account has allowed addresses alone; "lockport ban add" keeps an address from all';
    findings.add('warning', who, 'disallowed_ips', text);
  }
  if ((childNamed(element, 'description')?.text ?? '') !== '')
    findings.add('left-out', who, 'description', 'accounts have no description');
  const addresses = allowedFrom(
    (childNamed(element, 'allowed_ips')?.text ?? '').split(/[\s,;]+/),
    who,
    'allowed_ips',
    findings,
  );
  const isDisabled = element.attributes['enabled'] === 'false' || addresses === undefined;
  return {
    ...mountsOf(element, owner, who, base, findings),
    ...rateOf(childNamed(element, 'rate_limits'), who, findings),
    ...(addresses !== undefined && addresses.length > 0 && { allowedAddresses: addresses }),
    ...(isDisabled && !owner.isGroup && { disabled: true }),
  };
}

/** What is mounted at `/` is the home; what lies below it there and here may have rights of its own. */
function mountsOf(element: Element, owner: Owner, who: string, base: string, findings: Findings): OwnSettings {
  const mounts = childrenNamed(element, 'mount_point').map(({ attributes }) => ({
    at: importedPath(attributes['tvfs_path'] || '/', who),
    native: (attributes['new_native_path'] || attributes['native_path'] || '').replaceAll(
      USER,
      owner.isGroup ? '{name}' : owner.name,
    ),
    rule: attributes,
  }));
  const top = mounts.find(({ at }) => at === ROOT);
  if (!top) {
    for (const { at } of mounts)
      findings.add(
        'left-out',
        who,
        `mount point ${printable(at)}`,
        'without one at / there is no home that it could be in',
      );
    if (owner.isGroup || owner.inherits) return {};
    findings.add(
      'warning',
      who,
      'mount point /',
      'it has none: its home is a directory of its name, and it may only list it',
    );
    return { home: homeBelow(base, '', owner.name, findings), rights: [{ path: ROOT, rights: ['list'] }] };
  }
  const home = homeBelow(base, top.native, owner.isGroup ? '{name}' : owner.name, findings);
  const rights: RightsRule[] = [];
  for (const { at, native, rule } of mounts) {
    if (at === ROOT || slashed(native) === slashed(`${top.native}${at}`))
      rights.push({ path: at, rights: rightsOf(rule, at, who, findings) });
    else
      findings.add(
        'left-out',
        who,
        `mount point ${printable(at)}`,
        `${printable(native)} is not the directory of this path in its home; name its storage by --mount`,
      );
  }
  return { home, rights: rights.length > 0 ? rights : ALL_RIGHTS };
}

function rightsOf(
  rule: Readonly<Record<string, string>>,
  at: string,
  who: string,
  findings: Findings,
): readonly Right[] {
  const { access = '1', recursive = '2' } = rule;
  if (recursive === '0')
    findings.add(
      'warning',
      who,
      `mount point ${printable(at)}`,
      'its access was for this directory alone; rights are for all below, too',
    );
  if (access === '0') return READ_ONLY;
  if (access === '1') return recursive === '2' ? RIGHTS : FILES_ALONE;
  return [];
}

function rateOf(limits: Element | undefined, who: string, findings: Findings): OwnSettings {
  const rate = (name: string) => {
    const text = limits?.attributes[name] ?? 'unlimited';
    const value = Number(text);
    if (Number.isSafeInteger(value) && value > 0) return value;
    if (text !== 'unlimited' && value !== 0) findings.add('left-out', who, name, `${printable(text)} is no rate`);
    return undefined;
  };
  for (const name of ['session_inbound', 'session_outbound'])
    if (rate(name) !== undefined)
      findings.add('left-out', who, name, 'a rate is for all sessions of an account together');
  const [upload, download] = [rate('inbound'), rate('outbound')];
  if (upload === undefined && download === undefined) return {};
  return { rate: { ...(upload !== undefined && { upload }), ...(download !== undefined && { download }) } };
}

/** What has another value than "no limit". */
function tellRest(element: Element, who: string, read: readonly string[], findings: Findings): void {
  for (const { name, text, attributes } of element.children.filter((child) => !read.includes(child.name))) {
    const values = [text, ...Object.values(attributes)];
    if (values.some((value) => !['', 'unlimited', 'false', '0'].includes(value)))
      findings.add('warning', who, printable(name), 'there is no such setting here');
  }
}

function slashed(directory: string): string {
  return directory.replaceAll('\\', '/').replace(/\/+$/, '').replaceAll('//', '/').toLowerCase();
}
