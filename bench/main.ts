import { statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './measure/machine.ts';
import { printed } from './print.ts';
import { writeReport } from './report/index.ts';
import type { Results, ScenarioResult } from './results.ts';
import { runScenario } from './runner.ts';
import type { Scenario } from './scenario.ts';
import { clientScenarios } from './scenarios/clients.ts';
import { serverScenarios, serverTrees } from './scenarios/servers.ts';

const usage = `npm run bench -- [--quick] [--only NAME,NAME] [--rounds N] [--json FILE] [--report | --no-report]

Runs Lockport beside its rivals, on this machine. A whole run writes docs/performance.md; --report lets any run do so.
`;

const usualRounds = 3;
/** Where that many would take too long, or where fewer say little: a gigabyte is the noisiest. */
const roundsOf: ReadonlyMap<string, number> = new Map([
  ['download', 5],
  ['upload', 5],
  ['idle-sessions', 1],
  ['ten-thousand', 1],
  ...clientScenarios.map(({ name }) => [name, 2] as const),
]);
/** Without the round that warms up: memory is that of a server that has just been started, and a client starts anew each time. */
const cold: ReadonlySet<string> = new Set([
  'idle-sessions',
  'ten-thousand',
  ...clientScenarios.map(({ name }) => name),
]);

/** Files of several programs at once, and what the system needs besides. */
const neededBytes = 12e9;

const scenarios: readonly Scenario[] = [...serverScenarios, ...clientScenarios, ...serverTrees];

interface Plan {
  readonly chosen: readonly Scenario[];
  readonly isQuick: boolean;
  /** For every scenario; absent: as many as each is worth. */
  readonly rounds: number | undefined;
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    allowNegative: true,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      report: { type: 'boolean' },
      help: { type: 'boolean', default: false },
    },
  });
  if (flags.help) {
    process.stdout.write(usage);
    return;
  }
  const plan = {
    chosen: choose(flags.only?.split(',')),
    isQuick: flags.quick,
    rounds: flags.rounds === undefined ? undefined : parseRounds(flags.rounds),
  };
  await checkSpace();
  const results = await run(plan);
  if (flags.json !== undefined) await writeFile(flags.json, `${JSON.stringify(results, undefined, 2)}\n`);
  const isWhole = !plan.isQuick && plan.chosen.length === scenarios.length;
  if (flags.report ?? isWhole) await report(results);
}

function parseRounds(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new Error(`--rounds takes a number from 1 to 999, not ${text}`);
  return Number(text);
}

function choose(names: readonly string[] | undefined): readonly Scenario[] {
  if (names === undefined) return scenarios;
  const known = scenarios.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No scenario ${unknown.join(', ')}; there are ${known.join(', ')}`);
  return scenarios.filter(({ name }) => names.includes(name));
}

async function checkSpace(): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize < neededBytes)
    throw new Error(`${tmpdir()} has less than ${neededBytes / 1e9} GB free; set TMPDIR`);
}

async function run({ chosen, isQuick, rounds }: Plan): Promise<Results> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupted.abort(new Error('Interrupted')));
  const startedAt = new Date();
  const done: ScenarioResult[] = [];
  for (const scenario of chosen) {
    const result = await runScenario(scenario, {
      isQuick,
      rounds: rounds ?? (isQuick ? 1 : (roundsOf.get(scenario.name) ?? usualRounds)),
      isCold: cold.has(scenario.name),
      signal: interrupted.signal,
    });
    process.stdout.write(`${printed(result)}\n\n`);
    done.push(result);
  }
  return {
    command: ['npm run bench --', ...process.argv.slice(2)].join(' '),
    startedAt: startedAt.toISOString(),
    durationS: Math.round((Date.now() - startedAt.getTime()) / 1000),
    isQuick,
    machine: await describeMachine(),
    scenarios: done,
  };
}

async function report(results: Results): Promise<void> {
  const documents = new URL('../docs/', import.meta.url);
  const pathOf = (name: string) => fileURLToPath(new URL(name, documents));
  await writeReport(results, { markdown: pathOf('performance.md'), plots: pathOf('performance') });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
