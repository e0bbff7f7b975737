import process from 'node:process';
import { Command } from 'commander';
import { examine, type Finding } from '../../../client/index.ts';
import { commandLineWith } from '../../command-line.ts';
import { Ended } from '../../ended.ts';
import { type FindingStyle, findingLines, findingsSummary, verdictCounts } from '../../remote/finding-text.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';

/** `lockport doctor` */
export function doctor(): Command {
  const command = new Command('doctor')
    .description(
      'examine a server: TLS, certificate, data connections, sessions, and how transfers end; over SSH algorithms and host key',
    )
    .argument('<url>', 'of a directory, whose listing is fetched')
    .option('--write', 'examine uploads too: a probe file is written into the directory, and removed');
  return remoteVerb(command, { examples: MARKS_TEXT }, async (run, url: string) => {
    const location = run.location(url);
    const options = { ...(await run.optionsFor(location)), directory: location.path };
    const mayWrite = command.opts().write === true;
    const style = styleOf(process.stdout);
    const { output, signal } = run;
    if (mayWrite) {
      output.note('Writes a probe file there, doctor.lockport-....tmp (400 kB), and removes it if the account may');
    }
    const findings: Finding[] = [];
    for await (const finding of examine(options, {}, { mayWrite, signal })) {
      findings.push(finding);
      if (output.isQuiet && !isTrouble(finding)) continue;
      await output.styledResult(finding, ...findingLines(finding, style, waysOn(finding)));
    }
    await output.result({ summary: verdictCounts(findings) }, '', findingsSummary(findings));
    if (findings.some(({ verdict }) => verdict === 'bad')) throw new Ended('unhealthy');
  });
}

const MARKS_TEXT = `
Each finding has a mark: ✓ good, · worth knowing, ! some clients or some security will suffer, ✗ transfers fail, are
unsafe or lose data, - could not be looked at. Nothing on the server is changed without --write.`;

function styleOf({ isTTY, columns }: NodeJS.WriteStream): FindingStyle {
  const { LC_ALL, LC_CTYPE, LANG, NO_COLOR, TERM } = process.env;
  return {
    isUnicode: /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || ''),
    isColoured: isTTY === true && !NO_COLOR && TERM !== 'dumb',
    columns: isTTY === true ? Math.min(columns || 80, MAX_COLUMNS) : undefined,
  };
}

/** Longer lines are hard to read. */
const MAX_COLUMNS = 110;

function isTrouble({ verdict }: Finding): boolean {
  return verdict === 'bad' || verdict === 'warning';
}

/** The command lines that look further: at uploads, and at a server in spite of a certificate that is not trusted. */
function waysOn({ check, verdict, facts }: Finding): readonly string[] {
  const words = process.argv.slice(2);
  if (check === 'upload' && verdict === 'skipped') return [commandLineWith(['--write'], words)];
  const pin = facts?.['pin'];
  if ((check !== 'certificate' && check !== 'host-key') || verdict !== 'bad' || typeof pin !== 'string') return [];
  return [
    `fingerprint ${String(facts?.['fingerprint'])}`,
    commandLineWith(['--pin', pin], words),
    commandLineWith(['--trust-on-first-use'], words),
  ];
}
