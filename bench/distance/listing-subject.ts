import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServerProcess } from '../../test/interop/servers/foreign-server.ts';
import type { Command, FtpClient, Job, ServerAccount } from '../clients/client.ts';
import { entrantOf } from '../clients/entrant.ts';
import type { InstalledLockport } from '../clients/installed-lockport.ts';
import type { Material } from '../clients/material.ts';
import { nodeProgram } from '../clients/node-program.ts';
import { runMeasured } from '../clients/run-measured.ts';
import type { Absence, Bench, Measurement, Subject } from '../scenario.ts';
import { type FarEnd, farAddress } from './link.ts';
import type { DistanceTask } from './tasks.ts';

export interface ListingStage {
  readonly task: DistanceTask;
  readonly link: FarEnd;
  readonly material: Material;
  readonly servers: readonly ServerProcess[];
  readonly lockport: InstalledLockport;
  readonly bench: Bench;
}

/** A client that lists the whole tree, once a round against each server. */
export async function listingSubject(
  client: FtpClient,
  { task, link, material, servers, lockport, bench }: ListingStage,
): Promise<Omit<Subject, keyof AsyncDisposable> | Absence> {
  const makeCommand = COMMANDS[client.name];
  if (!makeCommand) return { name: client.name, reason: 'it lists no trees' };
  const entrant = await entrantOf(client, bench);
  if ('reason' in entrant) return entrant;
  const { name, isOurs, version, home } = entrant;
  return {
    name,
    isOurs,
    version,
    async round() {
      const measurements: Measurement[] = [];
      for (const server of servers) {
        const { port, user, password, certificateFile } = server;
        const account = { host: farAddress, port, user, password, certificateFile };
        const job: Job = {
          direction: 'down',
          what: 'tree',
          local: home,
          remote: 'material',
          files: material.files,
          connections: task.connections,
        };
        const command = await makeCommand({ client, job, account, scratch: home, lockport });
        const taken = await runMeasured(link.near(await checking(command, home, material)), home, home);
        measurements.push({ metric: `time with ${server.name}`, unit: 's', better: 'lower', value: taken.wallS });
      }
      return measurements;
    },
  };
}

/** Its output must name each file: a listing that was cut short is no figure. */
async function checking(command: Command, scratch: string, { files }: Material): Promise<Command> {
  const counted = `test "$("$@" | tee ${join(scratch, 'listed')} | grep -c 'file$')" -ge ${files.length}`;
  return { ...command, words: ['bash', '-o', 'pipefail', '-c', counted, 'bash', ...command.words] };
}

interface Asked {
  readonly client: FtpClient;
  readonly job: Job;
  readonly account: ServerAccount;
  readonly scratch: string;
  readonly lockport: InstalledLockport;
}

const withLockport = fileURLToPath(new URL('programs/list-with-lockport.ts', import.meta.url));
const withBasicFtp = fileURLToPath(new URL('programs/list-with-basic-ftp.ts', import.meta.url));
const basicFtpLibrary = fileURLToPath(import.meta.resolve('basic-ftp'));

const COMMANDS: { readonly [client: string]: (asked: Asked) => Command | Promise<Command> } = {
  'Lockport command': ({ lockport, job, account }) => ({
    words: [
      process.execPath,
      lockport.program,
      'ls',
      '-R',
      '-1',
      '--quiet',
      '--ca',
      account.certificateFile,
      `ftpes://${account.user}@${account.host}:${account.port}/${job.remote}/`,
    ],
    environment: { LOCKPORT_PASSWORD: account.password },
  }),
  'Lockport library': ({ lockport, job, account }) =>
    nodeProgram(withLockport, { library: lockport.library, job, account }),
  'basic-ftp': ({ job, account }) => nodeProgram(withBasicFtp, { library: basicFtpLibrary, job, account }),
  async lftp({ client, job, account, scratch }) {
    const command = await client.command(job, account, scratch);
    const script = command.words.at(-1) ?? '';
    await rewriteLast(script, `find ${job.remote}`);
    return command;
  },
  async rclone({ client, job, account, scratch }) {
    const { words, ...rest } = await client.command(job, account, scratch);
    const [program = ''] = words;
    return { ...rest, words: [program, 'lsf', '-R', `:ftp:${job.remote}`, `--checkers=${job.connections}`] };
  },
  async curl({ client, job, account, scratch }) {
    const command = await client.command({ ...job, files: [] }, account, scratch);
    const config = command.words.at(-1) ?? '';
    const root = `ftp://${account.host}:${account.port}/${job.remote}`;
    const directories = ['', ...new Set(job.files.map((file) => `${dirname(file)}/`))];
    await appendLines(
      config,
      directories.map((directory) => `url = "${root}/${directory}"`),
    );
    return command;
  },
};

async function rewriteLast(path: string, line: string): Promise<void> {
  const lines = (await readLines(path)).slice(0, -1);
  await writeFile(path, `${[...lines, line].join('\n')}\n`);
}

async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  await writeFile(path, `${[...(await readLines(path)), ...lines].join('\n')}\n`);
}

async function readLines(path: string): Promise<readonly string[]> {
  return (await readFile(path, 'utf8')).trimEnd().split('\n');
}
