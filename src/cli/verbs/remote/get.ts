import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { type Client, ClientError } from '../../../client/index.ts';
import { baseName } from '../../../core/index.ts';
import { localError } from '../../local-error.ts';
import { forEach } from '../../remote/each.ts';
import { IncompleteListings } from '../../remote/incomplete.ts';
import { asLocalError, DIRECTORY } from '../../remote/local-failure.ts';
import { isRemote } from '../../remote/location.ts';
import { filesOf } from '../../remote/matches.ts';
import type { MakeVerb, RemoteRun } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { standardOutputSink } from '../../remote/standard-output.ts';
import { filesAtOnce } from '../../remote/together.ts';
import { shown, type TransferFlags } from '../../remote/transfer.ts';
import { UsageError } from '../../usage-error.ts';

/** What the words of a get say. */
export interface GetWords {
  readonly urls: readonly string[];
  /** A file, a directory, or `-`. */
  readonly local: string;
}

/** `lockport get` */
export function get(make: MakeVerb = remoteVerb, split: (words: readonly string[]) => GetWords = splitByUrl): Command {
  const command = new Command('get')
    .description('fetch files; each appears under its name when it is complete')
    .argument('<url...>', 'one or more files, or a pattern as the last name; then where to, if not here')
    .usage('[options] <url...> [file | directory/ | -]')
    .option('--resume', 'go on where an interrupted get with --resume has ended')
    .option('--checksum', 'compare checksums; fail where the server has none')
    .option('--no-times', 'leave the time of the file as it is here')
    .addOption(new Option('-r, --recursive').hideHelp());
  return make(
    command,
    {
      transferFlags: ['parallel', 'limitRate'],
      resumeFlags: ['--resume'],
      examples: EXAMPLES,
    },
    async (run, words: readonly string[]) => {
      const flags = command.opts<TransferFlags & { readonly recursive?: boolean }>();
      if (flags.recursive) throw new UsageError('Directories are copied by "lockport sync URL DIRECTORY"');
      const { urls, local } = split(words);
      const incomplete = new IncompleteListings();
      const downloads = await downloadsOf(run, urls, incomplete);
      await incomplete.tell(run);
      const isInto = local !== '-' && (await isDirectory(local, downloads.length > 1));
      const clients = downloads.map(({ client }) => client);
      await forEach(
        run,
        downloads,
        (download, atOnce) =>
          fetchOne(run, flags, { ...download, atOnce }, isInto ? path.join(local, download.name) : local),
        filesAtOnce(run, clients, 'RETR', flags),
      );
      await incomplete.end(run);
    },
  );
}

const EXAMPLES = `
Examples:
  lockport get ftpes://me@ftp.example/out/report.csv
  lockport get 'ftpes://me@ftp.example/out/*.csv' reports/
  lockport get --resume --parallel 4 ftpes://me@ftp.example/big.iso
  lockport get ftpes://me@ftp.example/data.gz - | gunzip
A directory with all that is in it: lockport sync`;

interface Download {
  readonly client: Client;
  readonly path: string;
  /** Its last name. */
  readonly name: string;
}

/** The last word is where to, where it names no location on a server. */
function splitByUrl(words: readonly string[]): GetWords {
  const last = words.at(-1) ?? '';
  if (isRemote(last)) return { urls: words, local: './' };
  return { urls: words.slice(0, -1), local: last };
}

async function downloadsOf(
  run: RemoteRun,
  urls: readonly string[],
  { onIncomplete }: IncompleteListings,
): Promise<readonly Download[]> {
  if (urls.length === 0) throw new UsageError('Nothing to get: no URL is given');
  const downloads: Download[] = [];
  for (const location of run.locations(urls)) {
    const client = await run.client(location);
    for (const path of await filesOf(run, client, location, { onIncomplete })) {
      const name = baseName(client.resolve(path));
      if (name === '') throw new UsageError('The URL names no file; "lockport sync" copies directories');
      downloads.push({ client, path, name });
    }
  }
  return downloads;
}

/**
 * Whether it is a directory; one that is written with a slash is made.
 * @throws UsageError where there are several files and no directory to put them into */
async function isDirectory(local: string, mustBe: boolean): Promise<boolean> {
  const found = await stat(local).catch(() => undefined);
  if (found?.isDirectory()) return true;
  if (local.endsWith('/') && !found) {
    await mkdir(local, { recursive: true }).catch((cause: unknown) => {
      throw localError(local, cause);
    });
    return true;
  }
  if (mustBe) throw new UsageError(`There are several files to get, and ${local} is no directory`);
  return false;
}

async function fetchOne(
  run: RemoteRun,
  flags: TransferFlags,
  { client, path, name, atOnce }: Download & { readonly atOnce: number },
  local: string,
): Promise<void> {
  const isStream = local === '-';
  const sink = isStream ? standardOutputSink() : local;
  const work = shown(run, { name, atOnce }, flags, (options) =>
    client.download(path, sink, {
      ...options,
      ...(!isStream && {
        keepTime: flags.times !== false,
        resume: flags.resume === true,
        // Several files at once need the connections themselves.
        bundled: atOnce > 1,
        segments: atOnce === 1 ? (run.settings.parallel ?? 1) : 1,
      }),
    }),
  );
  const result = await work.catch(async (error: unknown) => {
    if (await isRemoteDirectory(run, client, path, error)) throw directoryFailure(client.resolve(path), error);
    throw isStream ? error : await asLocalError(local, error);
  });
  // Standard output is the file itself then.
  if (!isStream) await run.output.result({ ...result, file: local });
}

/** Whether what could not be fetched is a directory: servers say so in many ways. */
async function isRemoteDirectory(
  { signal }: RemoteRun,
  client: Client,
  path: string,
  error: unknown,
): Promise<boolean> {
  if (!(error instanceof ClientError) || (error.code !== 'refused' && error.code !== 'not-found')) return false;
  const entry = await client.stat(path, { signal }).catch(() => undefined);
  return entry?.kind === 'directory';
}

function directoryFailure(path: string, cause: unknown): ClientError {
  return new ClientError('refused', `${path}: ${DIRECTORY}`, { phase: 'command', cause });
}
