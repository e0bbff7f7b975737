import path from 'node:path';
import process from 'node:process';
import { Command, Option } from 'commander';
import { printable } from '../../core/index.ts';
import {
  IMPORTERS,
  type ImportFinding,
  type ImportPlan,
  makeImport,
  planImport,
  readImportFiles,
} from '../../service/index.ts';
import { makeDirectories } from '../account-directories.ts';
import { addPlace, withAccounts } from '../accounts.ts';
import { counted } from '../quantity.ts';
import { UsageError } from '../usage-error.ts';

/** How many names are shown where they stand in a sentence. */
const MAX_NAMES = 10;

const TITLES: Readonly<Record<ImportFinding['kind'], string>> = {
  warning: 'Look at these before the first login: something protects less than it did, or lets nobody in',
  changed: 'Taken over in another way',
  'left-out': 'Not taken over',
};

/** `lockport import` */
export function importAccounts(): Command {
  const command = new Command('import')
    .description('take over the accounts of another server, with their passwords')
    .argument('<file...>', 'as that server has them, or exports them')
    .addOption(
      new Option('--from <server>', 'which server it is').choices(Object.keys(IMPORTERS)).makeOptionMandatory(),
    )
    .option('--base <directory>', "its directory whose files are those of this server's root (default: that root)")
    .option('--dry-run', 'show what would be made, and make nothing')
    .option('--json', 'as JSON');
  return addPlace(command).action(async (files: readonly string[]) => {
    const { from, base, dryRun = false, json = false } = command.opts<Flags>();
    const load = IMPORTERS[from];
    if (!load) throw new UsageError(`--from: there is no ${from}`);
    const importer = await load();
    // Before root becomes the owner of the data, who may not be able to read them.
    const read = await readImportFiles(files);
    await withAccounts(command, async (accounts, configuration) => {
      const imported = importer(read, base ?? path.resolve(configuration.root));
      const plan = await planImport(accounts, imported);
      let directories = '';
      if (!dryRun) {
        for (const account of plan.accounts) directories += await makeDirectories(configuration, account);
        await makeImport(accounts, imported);
      }
      process.stdout.write(json ? jsonOf(plan, dryRun) : `${textOf(plan, dryRun)}${directories}`);
    });
  });
}

interface Flags {
  readonly from: string;
  readonly base?: string;
  readonly dryRun?: true;
  readonly json?: true;
}

function textOf({ revisions, accounts, findings }: ImportPlan, isTrial: boolean): string {
  const groups = revisions.flatMap((revision) => (revision.change === 'group-added' ? [revision.name] : []));
  const would = isTrial ? 'would be made' : 'made';
  const lines = [
    ...(groups.length > 0 ? [`${counted(groups.length, 'group')} ${would}: ${namesIn(groups)}`] : []),
    ...accounts.map(({ name, home }) => `account ${name} ${would}; its home is ${printable(home)}`),
    `${counted(accounts.length, 'account')} ${would}`,
    ...Object.entries(TITLES).flatMap(([kind, title]) => {
      const of = findings.filter((finding) => finding.kind === kind);
      return of.length === 0 ? [] : ['', `${title}:`, ...of.map(lineOf)];
    }),
    ...(isTrial ? ['', 'Nothing was changed: this was a dry run'] : []),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function lineOf({ names, field, text }: ImportFinding): string {
  return `  ${field} (${namesIn(names)}): ${text}`;
}

function namesIn(names: readonly string[]): string {
  const shown = names
    .slice(0, MAX_NAMES)
    .map((name) => printable(name))
    .join(', ');
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

function jsonOf({ revisions, accounts, findings }: ImportPlan, isTrial: boolean): string {
  const groups = revisions.flatMap((revision) =>
    revision.change === 'group-added' ? [{ name: revision.name, settings: revision.settings }] : [],
  );
  return `${JSON.stringify({ made: !isTrial, groups, accounts, findings }, undefined, 2)}\n`;
}
