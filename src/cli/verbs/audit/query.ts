import { type Command, Option } from 'commander';
import type { AuditQuery } from '../../../service/index.ts';
import { UsageError } from '../../usage-error.ts';

interface QueryOptions {
  readonly account?: string;
  readonly path?: string;
  readonly since?: string;
  readonly until?: string;
  readonly event?: string;
  readonly address?: string;
  readonly direction?: string;
  readonly outcome?: string;
}

/** The flags that say which records are meant. */
export function addQuery(command: Command): Command {
  return command
    .option('--account <name>', 'of this account, or of logins tried with this name')
    .option('--path <pattern>', 'of this path or below it; * and ? within a name, ** over several')
    .option('--since <time>', 'from then on: 2026-11-30, 2026-11-30T12:00Z, or an age such as 90m, 24h, 7d')
    .option('--until <time>', 'up to then')
    .option('--event <name>', 'of this kind: login.failed, transfer.finished, file.changed, ...')
    .option('--address <address>', 'from this address')
    .addOption(
      new Option('--direction <direction>', 'of transfers this way').choices(['upload', 'download', 'listing']),
    )
    .option('--outcome <outcome>', 'with this outcome: complete, kept-partial, discarded, refused, failure, ...');
}

/** @throws UsageError for a time that is none */
export function queryOf(command: Command): AuditQuery {
  const { since, until, ...rest } = command.opts<QueryOptions>();
  const { account, path, event, address, direction, outcome } = rest;
  return {
    ...(account !== undefined && { account }),
    ...(path !== undefined && { path }),
    ...(event !== undefined && { event }),
    ...(address !== undefined && { address }),
    ...(direction !== undefined && { direction }),
    ...(outcome !== undefined && { outcome }),
    ...(since !== undefined && { since: timeOf('--since', since) }),
    ...(until !== undefined && { until: timeOf('--until', until) }),
  };
}

const UNITS_MS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment, or one an age ago, in ms since 1970. @throws UsageError */
export function timeOf(flag: string, text: string): number {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNITS_MS[unit] ?? 0);
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`${flag}: ${JSON.stringify(text)} is no time; write 2026-11-30, 2026-11-30T12:00Z or 24h`);
}
