import process from 'node:process';
import type { Command } from 'commander';
import { type AccountStore, type AdministratorStore, noSuchAdministrator } from '../../../core/index.ts';
import { auditDirectory, type Configuration, leaveNote, operatorName } from '../../../service/index.ts';
import { withAccounts } from '../../accounts.ts';

/** What a verb works with. */
export interface AdministratorWork {
  readonly accounts: AccountStore;
  readonly administrators: AdministratorStore;
  readonly configuration: Configuration;
  /** Has a change recorded by the server. */
  readonly note: (administrator: string, change: string) => Promise<void>;
  /** Prints a result, as JSON where that was asked for. */
  readonly print: (result: object, text: string) => void;
}

/** Works on the administrators of the server that the flags of the command mean. */
export async function withAdministrators(
  command: Command,
  work: (work: AdministratorWork) => Promise<void>,
): Promise<void> {
  const by = operatorName();
  await withAccounts(command, (accounts, configuration, { administrators }) =>
    work({
      accounts,
      administrators,
      configuration,
      async note(administrator, change) {
        const when = new Date().toISOString();
        const note = { event: 'administrator.changed', when, by, administrator, change } as const;
        await leaveNote(auditDirectory(configuration), note).catch((error: unknown) =>
          process.stderr.write(`lockport: The change could not be left to be recorded: ${String(error)}\n`),
        );
      },
      print(result, text) {
        process.stdout.write(command.opts()['json'] ? `${JSON.stringify(result, undefined, 2)}\n` : text);
      },
    }),
  );
}

/** @throws AdministratorError where there is none */
export async function findAdministrator(administrators: AdministratorStore, name: string) {
  const found = await administrators.find(name);
  if (found) return found;
  throw noSuchAdministrator(name);
}
