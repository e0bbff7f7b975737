import { type NewAccount, printable } from '../../core/index.ts';
import { ImportError } from './import-error.ts';
import {
  AccountList,
  ALL_RIGHTS,
  allowedFrom,
  Findings,
  homeBelow,
  type Imported,
  type ImportedFile,
  keptHash,
  positive,
} from './imported.ts';
import { type PasswdLine, passwdLines } from './passwd-lines.ts';

/** What `pure-pw` writes in a line. */
const FIELDS = 18;

/** Why settings are not taken over, by their places in a line. */
const LEFT_OUT: readonly (readonly [place: number, field: string, text: string, kind?: 'warning'])[] = [
  [2, 'uid', 'files belong to the user that the server runs as'],
  [3, 'gid', 'files belong to the group that the server runs as, or that files.group names'],
  [4, 'gecos', 'accounts have no description'],
  [8, 'upload ratio', 'there are no ratios'],
  [9, 'download ratio', 'there are no ratios'],
  [13, 'allowed local addresses', 'listeners say which accounts they are for (listeners.accounts)', 'warning'],
  [14, 'refused local addresses', 'listeners say which accounts they are for (listeners.accounts)', 'warning'],
  [
    16,
    'refused addresses',
    'an account has allowed addresses alone; "lockport ban add" keeps an address from all',
    'warning',
  ],
  [17, 'time of day', 'an account may sign in at any time', 'warning'],
];

/** Pure-FTPd's `pureftpd.passwd`, as `pure-pw` writes it. */
export function readPureFtpd(files: readonly ImportedFile[], base: string): Imported {
  const findings = new Findings();
  const list = new AccountList(findings);
  for (const file of files) {
    for (const line of passwdLines(file, 6, FIELDS)) {
      const [name = '', hash = ''] = line.fields;
      if (list.accepts(name)) list.add(accountOf(line, name, base, findings), keptHash(hash, name, findings));
    }
  }
  return list.imported();
}

function accountOf({ fields, line }: PasswdLine, name: string, base: string, findings: Findings): NewAccount {
  for (const [place, field, text, kind = 'left-out'] of LEFT_OUT) {
    if ((fields[place] ?? '') !== '') findings.add(kind, name, field, text);
  }
  const limit = (place: number) => limitIn(fields[place] ?? '', line);
  const [upload, download, sessions] = [limit(6), limit(7), limit(10)];
  const [files, bytes] = [limit(11), limit(12)];
  const addresses = allowedFrom((fields[15] ?? '').split(','), name, 'allowed addresses', findings);
  return {
    name,
    home: homeBelow(base, chrootOf(fields[5] ?? '', name, findings), name, findings),
    rights: ALL_RIGHTS,
    ...((files !== undefined || bytes !== undefined) && {
      quota: { ...(bytes !== undefined && { bytes }), ...(files !== undefined && { files }) },
    }),
    ...((upload !== undefined || download !== undefined) && {
      rate: { ...(upload !== undefined && { upload }), ...(download !== undefined && { download }) },
    }),
    ...(sessions !== undefined && { maxSessions: sessions }),
    ...(addresses === undefined ? { disabled: true } : addresses.length > 0 && { allowedAddresses: addresses }),
  };
}

/** What lies before `/./` is what the account sees as `/`; behind it, where it begins. */
function chrootOf(directory: string, name: string, findings: Findings): string {
  const [chroot = '', start] = directory.split('/./');
  if (start === undefined && directory !== '')
    findings.add('changed', name, 'home without a chroot', 'an account never sees what is outside of its home');
  else if (start) findings.add('left-out', name, 'first directory', 'an account begins in its home');
  return chroot;
}

function limitIn(text: string, line: number): number | undefined {
  try {
    return positive(Number(text));
  } catch (cause) {
    throw new ImportError(`expected a whole number, got "${printable(text)}"`, line, { cause });
  }
}
