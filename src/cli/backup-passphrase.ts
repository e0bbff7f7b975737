import { text } from 'node:stream/consumers';
import { askHidden, type Terminal } from './hidden-answer.ts';
import { UsageError } from './usage-error.ts';

const VARIABLE = 'LOCKPORT_BACKUP_PASSPHRASE';

/** The passphrase of a new backup, typed twice where it is asked for. @throws UsageError where there is none */
export async function newBackupPassphrase(isOnInput: boolean, terminal: Terminal): Promise<string> {
  const given = await givenPassphrase(isOnInput, terminal);
  if (given !== undefined) return given;
  const passphrase = await askHidden('Passphrase of the backup: ', terminal);
  if ((await askHidden('Again: ', terminal)) !== passphrase) {
    throw new UsageError('The two passphrases differ; nothing was saved');
  }
  return passphrase;
}

/** The passphrase of a backup that is there. @throws UsageError where there is none */
export async function backupPassphrase(isOnInput: boolean, terminal: Terminal): Promise<string> {
  return (await givenPassphrase(isOnInput, terminal)) ?? askHidden('Passphrase of the backup: ', terminal);
}

/** Undefined: it is to be asked for, at the terminal. */
async function givenPassphrase(isOnInput: boolean, { stdin }: Terminal): Promise<string | undefined> {
  const given = isOnInput ? (await text(stdin)).split(/\r?\n/, 1)[0] : process.env[VARIABLE];
  if (given === undefined && !stdin.isTTY) {
    throw new UsageError(`No passphrase: pipe it in with --passphrase-stdin, or set ${VARIABLE}`);
  }
  return given;
}
