import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { Command, Option } from 'commander';
import { generatePassword } from '../../../identity/index.ts';
import { localError } from '../../local-error.ts';
import { askTwice } from '../../password-input.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

interface Flags {
  readonly generate?: true;
  readonly newPasswordFile?: string;
}

/** `lockport password` */
export function password(): Command {
  const command = new Command('password')
    .description('set another password for your own account on a server (SITE PSWD)')
    .argument('<url>')
    .option('--generate', 'make a strong password and print it, this once')
    .addOption(new Option('--new-password-file <file>', 'take the first line of a file').conflicts('generate'));
  return remoteVerb(command, {}, async (run, url: string) => {
    const { generate, newPasswordFile } = command.opts<Flags>();
    const location = run.location(url);
    const wanted = await newPassword(generate === true, newPasswordFile);
    const client = await run.client(location);
    await client.changePassword(wanted, { signal: run.signal });
    if (generate) process.stdout.write(`${wanted}\n`);
    run.output.note('The password is changed: sign in with the new one from now on');
  });
}

async function newPassword(isGenerated: boolean, file: string | undefined): Promise<string> {
  if (isGenerated) return generatePassword();
  if (file === undefined) return askTwice(process, 'give the new one by --new-password-file, or --generate it');
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (error) {
    throw localError(file, error);
  }
}
