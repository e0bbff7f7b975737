import { Command } from 'commander';
import { exitCodesText } from './exit-codes.ts';
import type { VerbGroup } from './verbs/verb-group.ts';

/**
 * The command `lockport` with some of its verbs.
 * @param version what is printed where it is asked for
 */
export async function makeProgram(version: string, groups: readonly VerbGroup[]): Promise<Command> {
  const program = new Command('lockport')
    .description('Secure file transfer over FTPS and SFTP: a server and a client')
    .version(version, '--version', 'print the version')
    .showHelpAfterError('(add --help for what is possible)')
    .addHelpText('after', exitCodesText);
  for (const { title, verbs } of groups) {
    for (const load of Object.values(verbs)) program.addCommand((await load())().helpGroup(`${title}:`));
  }
  return program.addHelpCommand(
    new Command('help').argument('[command]').description('print the help of a command').helpGroup('About:'),
  );
}
