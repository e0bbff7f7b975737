import path from 'node:path';
import process from 'node:process';
import { Command, Option } from 'commander';
import { forEach } from '../../remote/each.ts';
import { asLocalError } from '../../remote/local-failure.ts';
import { isDirectoryPath, isRemote } from '../../remote/location.ts';
import type { MakeVerb } from '../../remote/remote-run.ts';
import { remoteVerb } from '../../remote/remote-verb.ts';
import { filesAtOnce } from '../../remote/together.ts';
import { shown, type TransferFlags } from '../../remote/transfer.ts';
import { UsageError } from '../../usage-error.ts';

interface PutFlags extends TransferFlags {
  readonly exclusive?: boolean;
  readonly temporaryName?: boolean;
  readonly append?: boolean;
  readonly recursive?: boolean;
  readonly passwordStdin?: boolean;
}

/** What the words of a put say. */
export interface PutWords {
  readonly files: readonly string[];
  readonly url: string;
}

/** `lockport put` */
export function put(
  make: MakeVerb = remoteVerb,
  split: (words: readonly string[], flags: PutFlags) => PutWords | Promise<PutWords> = splitByUrl,
): Command {
  const command = new Command('put')
    .description('store files; success means that the server has every file completely')
    .argument('<file...>', 'one or more files, or - for standard input; then the URL')
    .usage('[options] <file...> <url>')
    .option('--resume', 'go on behind what the server has already')
    .option('--checksum', 'compare checksums; fail where the server has none')
    .option('--no-times', 'leave the time of the file as the server makes it')
    .option('--exclusive', 'replace nothing: fail where there is a file of that name')
    .option('--temporary-name', 'store under another name and rename when all is there (default over SFTP)')
    .option('--no-temporary-name', 'store under the name itself, where names can not be changed')
    .option('--append', 'add to the end of the file')
    .addOption(new Option('-r, --recursive').hideHelp());
  return make(
    command,
    { transferFlags: ['parallel', 'limitRate'], resumeFlags: ['--resume'], examples: EXAMPLES },
    async (run, words: readonly string[]) => {
      const flags = command.opts<PutFlags>();
      const { files, url } = await split(words, flags);
      if (flags.recursive) throw new UsageError('Directories are copied by "lockport sync DIRECTORY URL"');
      const location = run.location(url);
      const isInto = isDirectoryPath(location.path);
      if (!isInto && files.length > 1)
        throw new UsageError('There are several files to put; end the URL with / for a directory');
      if (isInto && files.includes('-')) throw new UsageError('Standard input has no name: write one into the URL');
      const uploads = files.map((file) => ({
        name: file === '-' ? 'standard input' : path.basename(file),
        file,
        path: isInto ? `${location.path}${path.basename(file)}` : location.path,
      }));
      const client = await run.client(location);
      const isPlain = !flags.append && !flags.exclusive && !flags.temporaryName;
      const most = isPlain ? filesAtOnce(run, [client], 'STOR', flags) : undefined;
      const putOne = async ({ name, file, path }: (typeof uploads)[number], atOnce: number): Promise<void> => {
        const source = file === '-' ? process.stdin : file;
        const work = shown(run, { name, atOnce }, flags, (options) => {
          if (flags.append) return client.append(source, path, options);
          return client.upload(source, path, {
            ...options,
            resume: flags.resume === true,
            exclusive: flags.exclusive === true,
            ...(flags.temporaryName !== undefined && { temporaryName: flags.temporaryName }),
            keepTime: file !== '-' && flags.times !== false,
            bundled: uploads.length > 1,
          });
        });
        const result = await work.catch(async (error: unknown) => {
          throw file === '-' ? error : await asLocalError(file, error);
        });
        await run.output.result({ ...result, file });
      };
      await forEach(run, uploads, putOne, most);
    },
  );
}

const EXAMPLES = `
Examples:
  lockport put report.csv ftpes://me@ftp.example/in/
  lockport put report.csv ftpes://me@ftp.example/in/report-2030.csv
  lockport put *.csv ftpes://me@ftp.example/in/
  tar cz data | lockport put - ftpes://me@ftp.example/backup.tgz
A directory with all that is in it: lockport sync`;

function splitByUrl(words: readonly string[], { passwordStdin }: PutFlags): PutWords {
  const files = words.slice(0, -1);
  const url = words.at(-1) ?? '';
  if (files.length === 0) throw new UsageError('Write what to put, and where: lockport put FILE URL');
  if (!isRemote(url))
    throw new UsageError(`The last word must be where to put it, a URL; ${JSON.stringify(url)} is none`);
  if (passwordStdin && files.includes('-')) {
    throw new UsageError("Standard input can't be both the file and the password; use LOCKPORT_PASSWORD or .netrc");
  }
  return { files, url };
}
