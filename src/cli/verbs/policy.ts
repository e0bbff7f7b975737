import { existsSync } from 'node:fs';
import process from 'node:process';
import { Argument, Command } from 'commander';
import {
  type LoadedConfiguration,
  openExistingDatabase,
  POLICY_NAMES,
  type PolicyFinding,
  type PolicyName,
  type PolicyReport,
  pathsIn,
  policyReport,
  shownSettings,
} from '../../service/index.ts';
import { commandLine } from '../command-line.ts';
import { Ended } from '../ended.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { formatTable } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { SERVE_SETTINGS } from './serve.ts';

/** `lockport policy` */
export function policy(): Command {
  return new Command('policy').description('the rules of those who audit').addCommand(check());
}

function check(): Command {
  const command = new Command('check')
    .description('compare settings and accounts with what a policy demands; exit code 16 where something is missing')
    .addArgument(new Argument('[name]', 'the policy (default: the one that is set)').choices(POLICY_NAMES))
    .option('--json', 'as JSON');
  return addSettings(command, SERVE_SETTINGS).action(async (given: PolicyName | undefined) => {
    const loaded = await loadWithFlags(command, SERVE_SETTINGS);
    const name = given ?? loaded.configuration.policy;
    if (name === undefined) throw new UsageError(`No policy is set: name one of ${POLICY_NAMES.join(', ')}`);
    const report = await reportOf(name, loaded, command);
    const { json = false } = command.opts<{ json?: true }>();
    process.stdout.write(json ? `${JSON.stringify(report, undefined, 2)}\n` : textOf(report));
    if (!report.isMet) throw new Ended('unmet');
  });
}

async function reportOf(name: PolicyName, loaded: LoadedConfiguration, command: Command): Promise<PolicyReport> {
  const { configuration } = loaded;
  const subject = { configuration, settings: shownSettings(loaded.effective) };
  if (!existsSync(pathsIn(configuration.dataDir).database)) return policyReport(name, subject, undefined);
  await using database = openExistingDatabase(configuration, commandLine('serve', command), (message) =>
    process.stderr.write(`${message}\n`),
  );
  return await policyReport(name, subject, database);
}

function textOf({ policy, title, isSet, isMet, findings, yours }: PolicyReport): string {
  const missing = findings.filter(({ isMet }) => !isMet).length;
  const lines = [
    `${title}: policy ${policy}${isSet ? '' : ', which is not set'}`,
    '',
    formatTable([
      ['MET', 'CLAUSE', 'WHAT', 'EXPECTED', 'FOUND'],
      ...findings.map((each) => [each.isMet ? 'yes' : 'NO', clauseOf(each), each.what, each.expected, foundOf(each)]),
    ]).trimEnd(),
    '',
    ...(findings.some(({ isOurReading }) => isOurReading)
      ? ['* No number stands there: this is how Lockport reads it', '']
      : []),
    'Yours to do, since no program can check it:',
    formatTable(yours.map(({ clause, what }) => [`  ${clause}`, what])).trimEnd(),
    '',
    isMet ? 'All that can be checked is met' : `${missing} of ${findings.length} are not met`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function clauseOf({ clause, isOurReading }: PolicyFinding): string {
  return isOurReading ? `${clause} *` : clause;
}

function foundOf({ found, origin }: PolicyFinding): string {
  return origin === undefined ? found : `${found} (${origin})`;
}
