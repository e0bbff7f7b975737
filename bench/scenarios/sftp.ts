import { randomBytes } from 'node:crypto';
import { link, mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { RawSsh } from '../../src/testing/raw-sftp.ts';
import { runMeasured } from '../clients/run-measured.ts';
import { type Processes, processesOf } from '../measure/processes.ts';
import type { Absence, Bench, Measurement, Scenario, Subject } from '../scenario.ts';
import { bareSsh2, lockportSftp, lockportSftpFast, openSsh } from '../servers/sftp/contestants.ts';
import type { SftpContestant, SftpServer } from '../servers/sftp/sftp-server.ts';

const gibibyte = 2 ** 30;
const fileBytes = 4096;
const directions = ['down', 'up'] as const;
const mebibyte = 2 ** 20;
/** Sign-ins at a time. */
const atOnce = 4;
const client =
  'The client is OpenSSH’s sftp, from its start to its end: its sign-in by key is part of the figure. OpenSSH’s processes of a ' +
  'session are not waited for, and take their CPU time with them, so that its server CPU says little.';

/** A server that runs, its processes, and a directory for its client. */
interface Running extends SftpServer {
  readonly processes: Processes;
  readonly scratch: string;
}

const streams: Scenario = {
  name: 'sftp-streams',
  title: 'SFTP: 1 GiB',
  about:
    `One file down, and one up. ${client} “ssh2 alone” is a program that only reads and writes files by the package which ` +
    'Lockport speaks SSH by: no faster than that can Lockport be.',
  kind: 'server',
  prepare: (bench) => {
    const bytes = bench.isQuick ? gibibyte / 8 : gibibyte;
    return onSftpServers(bench, [lockportSftp, lockportSftpFast, openSsh, bareSsh2], async (running) => {
      await writeRandom(join(running.scratch, 'large'), bytes);
      await link(join(running.scratch, 'large'), join(running.server.root, 'large'));
      await running.server.handOver();
      return async () => [...(await moveOne(running, 'down', bytes)), ...(await moveOne(running, 'up', bytes))];
    });
  },
};

const smallFiles: Scenario = {
  name: 'sftp-small-files',
  title: 'SFTP: 500 files of 4 KiB',
  about: `A directory down, and one up, file by file. ${client}`,
  kind: 'server',
  prepare: (bench) => {
    const count = bench.isQuick ? 100 : 500;
    return onSftpServers(bench, [lockportSftp, lockportSftpFast, openSsh], async (running) => {
      for (const directory of [join(running.scratch, 'files'), join(running.server.root, 'files')]) {
        await mkdir(directory);
        for (let index = 0; index < count; index += 1)
          await writeFile(join(directory, String(index)), randomBytes(fileBytes));
      }
      await running.server.handOver();
      return async () => [...(await moveMany(running, 'down', count)), ...(await moveMany(running, 'up', count))];
    });
  },
};

const logins: Scenario = {
  name: 'sftp-logins',
  title: 'SFTP: logins by key',
  about: `Sessions of one account, ${atOnce} at a time. ${client} It asks for the directory that it is in.`,
  kind: 'server',
  prepare: (bench) => {
    const count = bench.isQuick ? 20 : 100;
    return onSftpServers(bench, [lockportSftp, openSsh], async (running) => async () => {
      const [seconds, cpuS] = await measured(running, async () => {
        const each = async () => {
          for (let done = 0; done < count / atOnce; done += 1) await sftp(running, ['pwd']);
        };
        await Promise.all(Array.from({ length: atOnce }, each));
      });
      return [
        { metric: 'rate', unit: 'logins/s', better: 'higher', value: count / seconds },
        { metric: 'server CPU', unit: 'CPU-ms/login', better: 'lower', value: (cpuS * 1000) / count },
      ];
    });
  },
};

const idleSessions: Scenario = {
  name: 'sftp-idle-sessions',
  title: 'SFTP: memory of idle sessions',
  about:
    'Sessions with an open channel that do nothing: how much the memory of the server’s processes grows (PSS), divided by ' +
    'their number.',
  kind: 'server',
  isCold: true,
  prepare: (bench) => {
    const count = bench.isQuick ? 50 : 200;
    return onSftpServers(bench, [lockportSftp, openSsh], async (running) => async () => {
      const { server, processes, keyFile } = running;
      const idle = await processes.count();
      const before = await processes.memoryKiB();
      const privateKey = await readFile(keyFile, 'utf8');
      const sessions: RawSsh[] = [];
      for (let index = 0; index < count; index += 1) {
        const ssh = await RawSsh.connect({ port: server.port, username: server.user, privateKey });
        await ssh.sftp();
        sessions.push(ssh);
      }
      const value = ((await processes.memoryKiB()) - before) / count;
      for (const ssh of sessions) await ssh[Symbol.asyncDispose]();
      await processes.settle(idle);
      return [{ metric: 'memory', unit: 'KiB/session', better: 'lower', value }];
    });
  },
};

export const sftpScenarios: readonly Scenario[] = [streams, logins, idleSessions, smallFiles];

async function onSftpServers(
  { directory }: Bench,
  contestants: readonly SftpContestant[],
  makeReady: (running: Running) => Promise<() => Promise<readonly Measurement[]>>,
): Promise<readonly (Subject | Absence)[]> {
  const all: (Subject | Absence)[] = [];
  for (const { name, isOurs, start } of contestants) {
    try {
      await using ends = new AsyncDisposableStack();
      const started = ends.use(await start(300));
      const { server, keyFile } = started;
      const scratch = await mkdtemp(join(directory, 'client-'));
      const running = { server, keyFile, processes: processesOf(server.processId), scratch };
      const round = await makeReady({ ...running, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() });
      const owned = ends.move();
      all.push({ name, isOurs, version: server.version, round, [Symbol.asyncDispose]: () => owned.disposeAsync() });
    } catch (error) {
      all.push({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  return all;
}

async function moveOne(
  running: Running,
  direction: (typeof directions)[number],
  bytes: number,
): Promise<readonly Measurement[]> {
  const { server, scratch } = running;
  const [local, remote] = [join(scratch, 'large'), direction === 'down' ? 'large' : `up-${basename(scratch)}`];
  const target = direction === 'down' ? join(scratch, 'came') : join(server.root, remote);
  const commands = direction === 'down' ? [`get ${remote} ${target}`] : [`put ${local} ${remote}`];
  const [seconds, cpuS] = await measured(running, () => sftp(running, commands));
  const { size } = await stat(target);
  if (size !== bytes) throw new Error(`${size} bytes arrived of ${bytes}`);
  await rm(target);
  return [
    { metric: `server CPU ${direction}`, unit: 'CPU-s/GB', better: 'lower', value: cpuS / (bytes / 1e9) },
    { metric: `throughput ${direction}`, unit: 'MB/s', better: 'higher', value: bytes / 1e6 / seconds },
  ];
}

async function moveMany(
  running: Running,
  direction: (typeof directions)[number],
  count: number,
): Promise<readonly Measurement[]> {
  const { server, scratch } = running;
  // To a new directory each time, which stays: ext4 searches long for room beside what has just been removed.
  const target = await mkdtemp(join(direction === 'down' ? scratch : server.root, `${direction}-`));
  await server.handOver();
  const commands =
    direction === 'down' ? [`get files/* ${target}/`] : [`cd ${basename(target)}`, `put ${join(scratch, 'files')}/* .`];
  const [seconds, cpuS] = await measured(running, () => sftp(running, commands));
  const came = (await readdir(target)).length;
  if (came !== count) throw new Error(`${came} files arrived of ${count}`);
  return [
    { metric: `server CPU ${direction}`, unit: 'CPU-ms/file', better: 'lower', value: (cpuS * 1000) / count },
    { metric: `rate ${direction}`, unit: 'files/s', better: 'higher', value: count / seconds },
  ];
}

/** How long something takes, and how much CPU time of the server, in seconds. */
async function measured({ processes }: Running, work: () => Promise<unknown>): Promise<readonly [number, number]> {
  const before = await processes.cpuS();
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  return [seconds, (await processes.cpuS()) - before];
}

/** Has OpenSSH's client do these commands. @throws where one fails */
async function sftp({ server, keyFile, scratch }: Running, commands: readonly string[]): Promise<void> {
  const batch = join(await mkdtemp(join(scratch, 'batch-')), 'commands');
  await writeFile(batch, `${commands.join('\n')}\n`);
  const options = [
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'IdentitiesOnly=yes',
    `IdentityFile=${keyFile}`,
    'Ciphers=aes256-gcm@openssh.com',
  ].flatMap((option) => ['-o', option]);
  const words = ['sftp', '-q', '-F', '/dev/null', ...options, '-P', String(server.port), '-b', batch];
  await runMeasured({ words: [...words, `${server.user}@127.0.0.1`] }, scratch, scratch);
}

async function writeRandom(path: string, bytes: number): Promise<void> {
  const piece = randomBytes(mebibyte);
  await using target = await open(path, 'w');
  for (let left = bytes; left > 0; left -= piece.length) await target.write(piece, 0, Math.min(left, piece.length));
}
