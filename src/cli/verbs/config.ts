import process from 'node:process';
import { Command } from 'commander';
import { printable } from '../../core/index.ts';
import {
  checkAdministration,
  checkCertificates,
  checkExpiryMail,
  checkFileGroup,
  checkGates,
  checkMonitoring,
  checkMounts,
  checkPasswordRules,
  checkRules,
  checkRunAs,
  shownSettings,
} from '../../service/index.ts';
import { addSettings, loadWithFlags } from '../settings-flags.ts';
import { formatTable } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { SERVE_SETTINGS } from './serve.ts';

/** `lockport config` */
export function config(): Command {
  return new Command('config').description('the configuration').addCommand(check()).addCommand(show());
}

function check(): Command {
  const command = new Command('check')
    .description('find mistakes in the configuration, its certificates and what accounts mount')
    .argument('[file]');
  return addSettings(command, SERVE_SETTINGS).action(async (given: string | undefined) => {
    const { configuration, file, warnings } = await loadWithFlags(command, SERVE_SETTINGS, given);
    for (const warning of warnings) process.stderr.write(`lockport: ${printable(warning)}\n`);
    await checkCertificates(configuration);
    await checkAdministration(configuration);
    await checkMonitoring(configuration);
    await checkPasswordRules(configuration);
    await checkRules(configuration);
    await checkGates(configuration);
    await checkExpiryMail(configuration);
    await checkRunAs(configuration);
    await checkFileGroup(configuration);
    // Last, for root gives up its rights for it.
    const lost = await checkMounts(configuration);
    if (lost.length > 0) throw new UsageError(lost.join('\n'));
    process.stdout.write(`${file ?? 'The configuration without a file'}: no mistakes\n`);
  });
}

function show(): Command {
  const command = new Command('show')
    .description('print every setting with its current value and the source of the value')
    .option('--json', 'as JSON');
  return addSettings(command, SERVE_SETTINGS).action(async () => {
    const { effective } = await loadWithFlags(command, SERVE_SETTINGS);
    const rows = shownSettings(effective);
    const text = command.opts().json
      ? `${JSON.stringify(rows, undefined, 2)}\n`
      : formatTable(
          rows.flatMap(({ key, ...row }) => leavesOf(key, row.value).map(([leaf, value]) => [leaf, value, row.origin])),
        );
    process.stdout.write(text);
  });
}

/** A structure, such as a list of listeners, has a line for each of its values: as one line it would be too long to read. */
function leavesOf(key: string, value: unknown): (readonly [key: string, value: string])[] {
  if (typeof value !== 'object' || value === null) return [[key, shown(value)]];
  const parts: readonly (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((item: unknown, index) => [`${key}[${index}]`, item])
    : Object.entries(value).map(([name, inner]) => [`${key}.${name}`, inner]);
  const isPlain = parts.every(([, inner]) => typeof inner !== 'object' || inner === null);
  if (Array.isArray(value) && isPlain) return [[key, shown(value)]];
  return parts.flatMap(([name, inner]) => leavesOf(name, inner));
}

function shown(value: unknown): string {
  if (value === undefined) return '-';
  return printable(typeof value === 'string' ? value : JSON.stringify(value));
}
