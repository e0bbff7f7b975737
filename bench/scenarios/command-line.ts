import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installLockport } from '../clients/installed-lockport.ts';
import { runMeasured } from '../clients/run-measured.ts';
import type { Absence, Bench, Measurement, Scenario, Subject } from '../scenario.ts';
import { lockportFast } from '../servers/contestants.ts';

const launcher = fileURLToPath(new URL('../../bin/lockport', import.meta.url));
const bundler = fileURLToPath(new URL('../../scripts/build-command.ts', import.meta.url));
const nothing = [process.execPath, '-e', '0'];

export const commandLine: Scenario = {
  name: 'command-line',
  title: 'Start of the command line',
  about:
    'The CPU time of whole processes: `node -e 0`, which does nothing; `lockport --version`; and `lockport ls` of an empty ' +
    'directory, with its connection and login, above that of `node -e 0` beside it. The package is the one that npm ' +
    'installs, the clone is started by `bin/lockport`. What Node compiles is kept from one start to the next.',
  kind: 'command',
  rounds: 11,
  prepare,
};

async function prepare({ directory }: Bench): Promise<readonly (Subject | Absence)[]> {
  // The clone is to be as `npm ci` leaves it.
  await promisify(execFile)(process.execPath, [bundler]);
  await using started = new AsyncDisposableStack();
  const { program, version } = await installLockport(join(directory, 'lockport'));
  const server = started.use(await lockportFast.start({}));
  const home = join(directory, 'home');
  await mkdir(home);
  const cpuMs = async (words: readonly string[]) => {
    const environment = { LOCKPORT_PASSWORD: server.password };
    return (await runMeasured({ words, environment }, directory, home)).cpuS * 1000;
  };
  const list = ['ls', '--ca', server.certificateFile, `ftpes://${server.user}@localhost:${server.port}/`];
  const roundOf = (command: readonly string[]) => async (): Promise<readonly Measurement[]> => [
    versionCpu(await cpuMs([...command, '--version'])),
    {
      metric: 'CPU of ls above node -e 0',
      unit: 'CPU-ms',
      better: 'lower',
      value: (await cpuMs([...command, ...list])) - (await cpuMs(nothing)),
    },
  ];
  const running = started.move();
  const ends = async () => undefined;
  return [
    {
      name: 'node -e 0',
      isOurs: false,
      version: process.version,
      round: async () => [versionCpu(await cpuMs(nothing))],
      // The first subject ends last.
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    },
    {
      name: 'lockport from the package',
      isOurs: true,
      version,
      round: roundOf([process.execPath, program]),
      [Symbol.asyncDispose]: ends,
    },
    { name: 'lockport from a clone', isOurs: true, version, round: roundOf([launcher]), [Symbol.asyncDispose]: ends },
  ];
}

function versionCpu(value: number): Measurement {
  return { metric: 'CPU of --version', unit: 'CPU-ms', better: 'lower', value };
}
