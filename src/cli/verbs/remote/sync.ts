import { Command, Option } from 'commander';
import {
  ClientError,
  isMaxDelete,
  type MaxDelete,
  type SyncPlan,
  type SyncStep,
  sync as synchronise,
  TooManyDeletions,
} from '../../../client/index.ts';
import { printable, ROOT } from '../../../core/index.ts';
import { Ended } from '../../ended.ts';
import { isRemote } from '../../remote/location.ts';
import { errorFacts } from '../../remote/output.ts';
import type { RemoteRun } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { localSide, remoteSide, type SyncSide } from '../../remote/sync-side.ts';
import { stepLine, summaryLine } from '../../remote/sync-text.ts';
import { repeatableOption } from '../../repeatable-option.ts';
import { UsageError } from '../../usage-error.ts';

interface SyncFlags {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly delete?: boolean;
  readonly maxDelete?: MaxDelete;
  readonly dryRun?: boolean;
  readonly compare: keyof typeof COMPARISONS;
  readonly update?: boolean;
  readonly links: NonNullable<SyncPlan['links']>;
  readonly times: boolean;
  readonly checksum?: boolean;
}

/** The names of the ways to compare, as the command line has them. */
const COMPARISONS = {
  'size-time': 'size-and-time',
  size: 'size',
  time: 'time',
  checksum: 'checksum',
  missing: 'missing',
} as const satisfies Record<string, SyncPlan['compare']>;

/** `lockport sync` */
export function sync(): Command {
  const command = new Command('sync')
    .description('make a directory the same as another one: to a server, from it, or between two servers')
    .argument('<src>', 'a URL, or a directory here')
    .argument('<dst>', 'a URL, or a directory here; it is made where it is missing')
    .addOption(repeatableOption('--include <glob>', 'only what matches one of these'))
    .addOption(repeatableOption('--exclude <glob>', 'not what matches one of these; it is not deleted either'))
    .option('--delete', 'remove from DST what SRC does not have')
    .addOption(
      new Option(
        '--max-delete <N|P%>',
        'what --delete may remove at most; default: half of what is there, or 20',
      ).argParser(readMaxDelete),
    )
    .option('-n, --dry-run', 'print what would be done, and do nothing')
    .addOption(choice('--compare <way>', 'when two files are the same', Object.keys(COMPARISONS), 'size-time'))
    .option('--update', 'leave files alone that are newer at DST')
    .addOption(choice('--links <way>', 'what becomes of symbolic links', ['skip', 'follow', 'copy'], 'skip'))
    .option('--no-times', 'leave the times of copies as they are')
    .option('--checksum', 'compare checksums after each copy');
  return remoteVerb(
    command,
    { transferFlags: ['parallel', 'limitRate'], connectionsFor, resumeFlags: [], examples: EXAMPLES },
    async (run, from: string, to: string) => {
      const flags = command.opts<SyncFlags>();
      if (flags.maxDelete !== undefined && !flags.delete) throw new UsageError('--max-delete goes with --delete');
      const words = [from, to].filter(isRemote);
      if (words.length === 0) throw new UsageError('Neither side is a URL; lockport copies from and to servers');
      const locations = new Map(run.locations(words).map((location, index) => [words[index], location] as const));
      const sideOf = (word: string, mustExist: boolean): Promise<SyncSide> => {
        const location = locations.get(word);
        return location ? remoteSide(run, location) : localSide(word, { mustExist });
      };
      await using source = await sideOf(from, true);
      await using destination = await sideOf(to, false);
      await carryOut(run, { source, destination }, flags);
    },
  );
}

const EXAMPLES = `
Patterns: *.csv is compared with names at any depth, in/*.csv and /in with the whole path below SRC, tmp/ with
directories alone; ** stands for any number of directories.

Examples:
  lockport sync site/ ftpes://me@ftp.example/www/ --delete --exclude .git/ --dry-run
  lockport sync ftpes://me@bank.example/out/ statements/ --include '*.xml' --compare missing
  lockport sync old: new: --parallel 4       (old and new are bookmarks)
What was interrupted goes on with the same command line.`;

/** Where both sides are one server each file needs two; one more looks after names meanwhile. */
function connectionsFor(parallel: number): number {
  return 2 * parallel + 1;
}

interface Sides {
  readonly source: SyncSide;
  readonly destination: SyncSide;
}

async function carryOut(run: RemoteRun, { source, destination }: Sides, flags: SyncFlags): Promise<void> {
  const tracker = run.progress.track('');
  const steps = synchronise(source.storage, destination.storage, {
    from: source.path,
    to: destination.path,
    ...(flags.include && { include: flags.include }),
    ...(flags.exclude && { exclude: flags.exclude }),
    delete: flags.delete === true,
    ...(flags.maxDelete !== undefined && { maxDelete: flags.maxDelete }),
    dryRun: flags.dryRun === true,
    compare: COMPARISONS[flags.compare],
    update: flags.update === true,
    links: flags.links,
    keepTimes: flags.times,
    verify: flags.checksum === true,
    parallel: run.settings.parallel ?? 1,
    ...(run.settings.limitRate !== undefined && { maxBytesPerSecond: run.settings.limitRate }),
    signal: run.signal,
    onProgress: ({ path, totals }) => tracker.update(totals.bytesDone, totals.bytes, path.slice(1)),
  });
  try {
    for await (const step of steps) await tell(run, step, flags, destination);
  } catch (error) {
    throw error instanceof TooManyDeletions ? withAdvice(error, flags) : error;
  } finally {
    tracker.end();
  }
}

/** @throws Ended `partly` for the summary of a run in which some failed */
async function tell(
  { output }: RemoteRun,
  step: SyncStep,
  { dryRun = false }: SyncFlags,
  destination: SyncSide,
): Promise<void> {
  const isSilent = output.isQuiet && !dryRun;
  if (step.action === 'summary') {
    await output.result(step, ...(isSilent ? [] : [summaryLine(step, dryRun)]));
    if (step.failed > 0) throw new Ended('partly');
  } else if (step.outcome !== 'failed') {
    await output.result(step, ...(isSilent ? [] : [stepLine(step)]));
    if (step.warning !== undefined) output.warn(`${printable(step.path.slice(1))}: ${printable(step.warning)}`);
  } else if (output.isJson) {
    await output.result({ ...step, error: errorFacts(step.error, step.message) });
  } else {
    await output.failure(step.error, stepLine(step));
    if (step.action === 'make-directory' && step.path === ROOT) {
      output.note(`The directory that could not be made is ${printable(destination.name)}`);
    }
  }
}

function withAdvice(cause: TooManyDeletions, { dryRun }: SyncFlags): ClientError {
  const { code, phase, deletions, present } = cause;
  const [would, what] = dryRun
    ? ['would be', 'without --dry-run nothing is done then']
    : ['would have been', 'nothing was done'];
  const message = `${deletions} of the ${present} entries at DST ${would} deleted, more than is allowed, so that ${what}`;
  const advice = `If they are to go: --max-delete ${deletions}`;
  return new ClientError(code, `${message}. ${advice}`, { phase, cause });
}

function readMaxDelete(value: string): MaxDelete {
  const limit = value.endsWith('%') ? value : Number(value);
  if (value === '' || !isMaxDelete(limit))
    throw new UsageError('--max-delete is a number of entries, or a share such as 75%');
  return limit;
}

function choice(flags: string, summary: string, values: readonly string[], usual: string): Option {
  return new Option(flags, summary).choices(values).default(usual);
}
