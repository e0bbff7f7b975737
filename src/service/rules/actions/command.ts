import { filled } from '../../../operations/index.ts';
import type { CommandSettings } from '../../configuration/index.ts';
import { isRoot, type SystemUser } from '../../privileges.ts';
import { StartError } from '../../start-error.ts';
import { type Action, ActionError } from './action.ts';
import { checkProgram, runProgram } from './run-program.ts';

/**
 * Runs a program for each event, which it gets as a line of JSON on its standard input. It succeeds by exit code 0.
 * @param user whom it runs as; undefined: whom the server runs as
 * @throws StartError where there is no such program
 */
export async function commandAction(settings: CommandSettings, rule: string, user?: SystemUser): Promise<Action> {
  const [program = '', ...templates] = settings.run;
  await checkProgram(program, `the rule ${rule}`);
  return {
    kind: 'command',
    async perform(event, { signal }) {
      const { code, how, output, errors } = await runProgram({
        program,
        args: templates.map((template) => filled(template, event)),
        input: `${JSON.stringify({ rule, ...event })}\n`,
        timeoutMs: settings.timeout,
        signal,
        user,
      });
      if (code === 0) return { detail: how };
      const shown = errors === '' ? output : errors;
      throw new ActionError(`${program}: ${how}${shown === '' ? '' : `: ${shown}`}`);
    },
  };
}

/** Who runs a command of the configuration. @throws StartError where the server can't become another user */
export async function commandUser(
  { user }: Pick<CommandSettings, 'user'>,
  find: (user: string) => Promise<SystemUser>,
): Promise<SystemUser | undefined> {
  if (user === undefined) return undefined;
  if (isRoot()) return find(user);
  throw new StartError(`A command is to run as ${user}, and only a server that stays root can: take user away`);
}
