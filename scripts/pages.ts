import { EXIT_CODES } from '../src/cli/exit-codes.ts';
import { CLIENT_LIMITS } from '../src/client/limits.ts';
import { LIMITS, type LimitRow } from '../src/core/index.ts';
import { type LabelSource, METRICS, type MetricRow } from '../src/operations/index.ts';
import type { CommandDefinition } from '../src/server/command.ts';
import { COMMAND_ROWS } from '../src/server/commands/index.ts';

/** docs/protocol.md, from the command table. */
export function protocolPage(): string {
  const rows = COMMAND_ROWS.map((command) => [
    `\`${command.usage.replaceAll('|', '\\|')}\``,
    command.aliases?.map((alias) => `\`${alias}\``).join(', ') ?? '',
    command.summary,
    notes(command),
    command.rfc,
  ]);
  return [
    '# The commands of the server',
    '',
    '`npm run docs` generates this page from the command table (`src/server/commands/`). Do not edit it.',
    '',
    '- **login**: needs a completed login. **data**: opens a data connection, after a check of its protection level.',
    '- **in clear**: carries a name or a password; before AUTH TLS, the server refuses it unless plain FTP is turned on.',
    '- **at once**: works while a transfer runs. **aborts**: ends the running transfer. All other commands wait for the transfer.',
    '',
    ...table(['Command', 'Also', 'What it does', 'Rules', 'Source'], rows),
    '',
  ].join('\n');
}

/** docs/limits.md, from the tables of limits. */
export function limitsPage(): string {
  return [
    '# Limits',
    '',
    '`npm run docs` generates this page from `src/core/limits.ts` and `src/client/limits.ts`. Do not edit it.',
    '',
    '## The server',
    '',
    'Set a limit under `limits:` in `lockport.yaml`, or in the `limits` option of `createServer`.',
    '',
    ...limitsTable(LIMITS),
    '',
    '## The client',
    '',
    'Set a limit in the `limits` option of `connect`.',
    '',
    ...limitsTable(CLIENT_LIMITS),
    '',
  ].join('\n');
}

/** The table of exit codes in docs/command-line.md. */
export function exitCodesTable(): string {
  const rows = Object.values(EXIT_CODES).map(({ code, summary }) => [String(code), summary]);
  return table(['Code', 'Means'], rows).join('\n');
}

/** The table of metrics in docs/monitoring.md. */
export function metricsTable(): string {
  const rows = METRICS.map((row) => [`\`${row.name}\``, row.type, row.help.replaceAll('|', '\\|'), labelsOf(row)]);
  return table(['Name', 'Type', 'What it tells', 'Labels'], rows).join('\n');
}

/** docs/monitoring.md, with the table of metrics as the code has it. */
export function withMetricsTable(page: string): string {
  return page.replace(
    /(<!-- metrics: npm run docs -->\n\n)[^]*?(\n\n<!-- end of metrics -->)/,
    `$1${metricsTable()}$2`,
  );
}

function labelsOf({ labels }: MetricRow): string {
  const named = Object.entries(labels).map(([label, values]) => {
    const set = typeof values === 'string' ? SOURCES[values] : values.map((value) => `\`${value}\``).join(' ');
    return `**${label}**: ${set}`;
  });
  return named.join('; ');
}

const SOURCES: { readonly [source in LabelSource]: string } = {
  'front-ends': 'a front-end in use (`ftp`, `sftp`)',
  modes: 'a kind of listener in use (`explicit`, `implicit`, `sftp`)',
  processes: '`primary`, or the number of a worker',
  certificates: 'its setting',
  storages: 'its name in the configuration',
  accounts: 'its name, up to `limits.maxMetricsAccounts`',
  versions: 'a version',
  rules: 'its name in the configuration',
};

function limitsTable(limits: { readonly [name: string]: LimitRow }): string[] {
  const rows = Object.entries(limits).map(([name, row]) => [`\`${name}\``, String(row.default), row.unit, row.summary]);
  return table(['Name', 'Default', 'Unit', 'Meaning'], rows);
}

function notes(command: CommandDefinition): string {
  const rules = [
    command.access === 'user' && 'login',
    command.opensData && 'data',
    command.carriesLogin && 'in clear',
    command.concurrency === 'answered' && 'at once',
    command.concurrency === 'aborts' && 'aborts',
    command.needs && `if the storage supports it (\`${command.needs}\`)`,
  ];
  return rules.filter(Boolean).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}
