import process from 'node:process';
import { Command } from 'commander';
import {
  type Configuration,
  describeHostKeys,
  type HostKeyInUse,
  makeNextHostKeys,
  useNextHostKeys,
} from '../../service/index.ts';
import { commandLine } from '../command-line.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';

const SETTINGS = ['dataDir'];

/** `lockport host-key` */
export function hostKey(): Command {
  return new Command('host-key')
    .description('the host keys of SFTP')
    .addCommand(
      verb('show', 'print fingerprints, lines of known_hosts and SSHFP records', (configuration, command) =>
        describeHostKeys(configuration, commandLine('serve', command)),
      ),
    )
    .addCommand(
      verb(
        'next',
        'make the keys that come next, and print them: from a reload on, clients learn them',
        (configuration) => makeNextHostKeys(configuration),
      ),
    )
    .addCommand(
      verb(
        'rotate',
        'put the next keys into use, from a reload on; the former ones stay beside them',
        (configuration) => useNextHostKeys(configuration),
      ),
    );
}

function verb(
  name: string,
  description: string,
  keysOf: (configuration: Configuration, command: Command) => Promise<readonly HostKeyInUse[]>,
): Command {
  const command = new Command(name).description(description).option('--json', 'as JSON');
  return addSettings(command, SETTINGS).action(async () => {
    const { configuration } = await loadWithFlags(command, SETTINGS);
    const keys = await keysOf(configuration, command);
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
