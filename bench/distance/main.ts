import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from '../measure/machine.ts';
import { printed } from '../print.ts';
import type { ScenarioResult } from '../results.ts';
import { runScenario } from '../runner.ts';
import { type FarEnd, type Link, startLink, whyNoLink } from './link.ts';
import { distanceScenario } from './stage.ts';
import { type DistanceTask, distanceTasks } from './tasks.ts';

const usage = `npm run bench:distance -- [--rtt MS,MS] [--only NAME,NAME] [--rounds N] [--quick] [--json FILE]

Lockport's clients and their rivals over a line with a delay, against Lockport and vsftpd. It needs root, for network
namespaces, and /dev/net/tun. Round trips: 5, 20 and 80 ms. Tasks: ${distanceTasks.map(({ name }) => name).join(', ')}.
`;

/** One run at the far end, in a process of its own. */
interface Inside {
  readonly near: readonly string[];
  readonly roundTripMs: number;
  readonly task: string;
  readonly rounds: number;
  readonly isQuick: boolean;
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      rtt: { type: 'string', default: '5,20,80' },
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      inside: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) {
    process.stdout.write(usage);
    return;
  }
  if (flags.inside !== undefined) {
    process.send?.(await runInside(JSON.parse(flags.inside)));
    return;
  }
  const reason = await whyNoLink();
  if (reason !== undefined) {
    process.stdout.write(`Skipped: the bench of distances can't run here: ${reason}\n`);
    return;
  }
  const results: ScenarioResult[] = [];
  for (const roundTripMs of flags.rtt.split(',').map(positive)) {
    for (const task of chosen(flags.only?.split(','))) {
      await using link = await startLink(roundTripMs, task.mtu);
      const result = await runAtFarEnd(link, task, { rounds: positive(flags.rounds), isQuick: flags.quick });
      process.stdout.write(`${printed(result)}\n\n`);
      results.push(result);
    }
  }
  if (flags.json === undefined) return;
  const machine = await describeMachine();
  await writeFile(flags.json, `${JSON.stringify({ machine, scenarios: results }, undefined, 2)}\n`);
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error(`Not a number from 1 to 9999: ${text}`);
  return Number(text);
}

function chosen(names: readonly string[] | undefined): readonly DistanceTask[] {
  const tasks = distanceTasks.filter(({ name }) => names === undefined || names.includes(name));
  if (names !== undefined && tasks.length < names.length) throw new Error(`No such task among ${names.join(', ')}`);
  return tasks;
}

/** The servers are started where this process is: so it is started once more, there. */
async function runAtFarEnd(
  link: Link,
  task: DistanceTask,
  how: Pick<Inside, 'rounds' | 'isQuick'>,
): Promise<ScenarioResult> {
  const near = link.near({ words: [] }).words;
  const inside: Inside = { near, roundTripMs: link.roundTripMs, task: task.name, ...how };
  const own = [process.execPath, fileURLToPath(import.meta.url), '--inside', JSON.stringify(inside)];
  const [program = '', ...args] = link.far(own);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  const result = await Promise.race([once(child, 'message').then(([message]) => message), ended.then(() => undefined)]);
  await ended;
  if (result === undefined) throw new Error(`${task.name} over ${link.roundTripMs} ms did not come to its end`);
  return result;
}

async function runInside({ near, roundTripMs, task, rounds, isQuick }: Inside): Promise<ScenarioResult> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort(new Error('Interrupted')));
  const [wanted] = chosen([task]);
  if (!wanted) throw new Error(`No task ${task}`);
  const link: FarEnd = { roundTripMs, near: ({ words, ...rest }) => ({ ...rest, words: [...near, ...words] }) };
  return runScenario(distanceScenario(wanted, link), { isQuick, rounds, signal: interrupted.signal });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench:distance: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
