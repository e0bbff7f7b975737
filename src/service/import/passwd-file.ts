import {
  AccountList,
  ALL_RIGHTS,
  Findings,
  homeBelow,
  type Imported,
  type ImportedFile,
  keptHash,
} from './imported.ts';
import { passwdLines } from './passwd-lines.ts';

/** `name:hash:uid:gid:gecos:home:shell` */
const FIELDS = 7;

const LEFT_OUT: readonly (readonly [place: number, field: string, text: string])[] = [
  [2, 'uid', 'files belong to the user that the server runs as'],
  [3, 'gid', 'files belong to the group that the server runs as, or that files.group names'],
  [4, 'gecos', 'accounts have no description'],
  [6, 'shell', 'accounts have no shell'],
];

/** ProFTPD's AuthUserFile, as `ftpasswd` writes it. */
export function readProftpd(files: readonly ImportedFile[], base: string): Imported {
  return readPasswd(files, base, FIELDS);
}

/** The file of vsftpd's PAM module pam_pwdfile: names and hashes, and whatever else is behind them. */
export function readVsftpd(files: readonly ImportedFile[], base: string): Imported {
  return readPasswd(files, base, 2);
}

function readPasswd(files: readonly ImportedFile[], base: string, least: number): Imported {
  const findings = new Findings();
  const list = new AccountList(findings);
  for (const file of files) {
    for (const { fields } of passwdLines(file, least, FIELDS)) {
      const [name = '', hash = ''] = fields;
      if (!list.accepts(name)) continue;
      for (const [place, field, text] of LEFT_OUT) {
        if ((fields[place] ?? '') !== '') findings.add('left-out', name, field, text);
      }
      const home = homeBelow(base, fields[5] ?? '', name, findings);
      list.add({ name, home, rights: ALL_RIGHTS }, hashOf(hash, name, findings));
    }
  }
  return list.imported();
}

/** `x` says that the hash is in another file. */
function hashOf(hash: string, name: string, findings: Findings): string {
  if (hash !== 'x') return keptHash(hash, name, findings);
  findings.add(
    'left-out',
    name,
    'password',
    'it is in a shadow file; put its hash in place of the "x", and import again',
  );
  return '';
}
