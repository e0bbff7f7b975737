import process from 'node:process';
import { Command } from 'commander';
import { describeHostKeys, type HostKeyInUse } from '../../service/index.ts';
import { commandLine } from '../command-line.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';

const SETTINGS = ['dataDir'];

/** `lockport host-key` */
export function hostKey(): Command {
  return new Command('host-key').description('the host keys of SFTP').addCommand(show());
}

function show(): Command {
  const command = new Command('show')
    .description('print fingerprints, lines of known_hosts and SSHFP records')
    .option('--json', 'as JSON');
  return addSettings(command, SETTINGS).action(async () => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    const keys = await describeHostKeys(configuration, commandLine('serve', command));
    const text = command.opts().json ? `${JSON.stringify(keys, undefined, 2)}\n` : keys.map(describe).join('');
    process.stdout.write(text);
  });
}

function describe({ file, algorithm, fingerprint, publicKey, sshfp }: HostKeyInUse): string {
  return `${file}
  algorithm    ${algorithm}
  fingerprint  ${fingerprint}
  known_hosts  ${publicKey}
  SSHFP        ${sshfp}
`;
}
