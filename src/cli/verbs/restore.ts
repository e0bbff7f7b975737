import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import { type BackupKey, restoreBackup } from '../../service/index.ts';
import { backupPassphrase } from '../backup-passphrase.ts';
import { commandLine } from '../command-line.ts';
import { localError } from '../local-error.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { UsageError } from '../usage-error.ts';

const SETTINGS = ['dataDir'];

/** `lockport restore` */
export function restore(): Command {
  const command = new Command('restore')
    .description('bring back what "lockport backup" has saved, into an empty data directory')
    .argument('<file>', 'the backup')
    .option('--passphrase-stdin', 'take the passphrase from standard input')
    .option('--identity <file>', 'file of the secret key of age that opens it');
  return addSettings(command, SETTINGS).action(async (file: string) => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    const { manifest, configuration: restored } = await restoreBackup(
      file,
      configuration.dataDir,
      await keyFrom(command),
    );
    process.stdout.write(
      `${configuration.dataDir}: ${manifest.files.length} files of ${manifest.createdAt}, saved by ${printable(manifest.version)}\n`,
    );
    if (restored !== undefined) {
      const places = manifest.files.flatMap(({ name, from }) =>
        from === undefined ? [] : [`  ${printable(`${name}: ${from}`)}\n`],
      );
      process.stdout.write(
        `The configuration is in ${restored}; put its files where they were, or where you want them:\n`,
      );
      process.stdout.write(places.join(''));
    }
    process.stdout.write(`Bring back the files of the accounts, and start "${commandLine('serve', command)}"\n`);
  });
}

interface Flags {
  readonly passphraseStdin?: boolean;
  readonly identity?: string;
}

async function keyFrom(command: Command): Promise<BackupKey> {
  const { passphraseStdin = false, identity } = command.opts<Flags>();
  if (identity === undefined) return { passphrase: await backupPassphrase(passphraseStdin, process) };
  const text = await readFile(identity, 'utf8').catch((error: unknown) => {
    throw new UsageError(
      `${localError(printable(identity), error).message}: --identity names a file with a secret key of age`,
    );
  });
  const lines = text.split(/\r?\n/);
  const key = lines.find((line) => line.startsWith('AGE-SECRET-KEY-'));
  if (key === undefined) throw new UsageError(`There is no secret key of age in ${identity}`);
  return { identity: key };
}
