import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import { type BackupLock, makeBackup } from '../../service/index.ts';
import { newBackupPassphrase } from '../backup-passphrase.ts';
import { counted, formatBytes } from '../quantity.ts';
import { repeatableOption } from '../repeatable-option.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { versionLine } from '../version-line.ts';
import { SERVE_SETTINGS } from './serve.ts';

/** `lockport backup` */
export function backup(): Command {
  const command = new Command('backup')
    .description('save accounts, keys and configuration in one encrypted file, while the server runs')
    .argument('<file>', 'to make, such as lockport.backup.age')
    .option('--passphrase-stdin', 'take the passphrase from standard input')
    .addOption(repeatableOption('--recipient <key>', 'a public key of age that opens it, instead of a passphrase'));
  return addSettings(command, SERVE_SETTINGS).action(async (file: string) => {
    const loaded = await loadWithFlags(command, SERVE_SETTINGS);
    for (const warning of loaded.warnings) process.stderr.write(`lockport: ${printable(warning)}\n`);
    const { files } = await makeBackup(loaded, file, await lockFrom(command), versionLine());
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    process.stdout.write(
      `${file}: ${counted(files.length, 'file')}, ${formatBytes(bytes)}; the files of the accounts are not in it\n`,
    );
  });
}

interface Flags {
  readonly passphraseStdin?: boolean;
  readonly recipient?: readonly string[];
}

async function lockFrom(command: Command): Promise<BackupLock> {
  const { passphraseStdin = false, recipient: recipients = [] } = command.opts<Flags>();
  if (recipients.length > 0) return { recipients };
  return { passphrase: await newBackupPassphrase(passphraseStdin, process) };
}
