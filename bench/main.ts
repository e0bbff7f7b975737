import { statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from './measure/machine.ts';
import { printed, printedVerdict } from './print.ts';
import { unmet, writeReport } from './report/index.ts';
import type { Results, ScenarioResult } from './results.ts';
import { runScenario } from './runner.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios/index.ts';
import { targets } from './targets.ts';

const usage = `npm run bench -- [--quick] [--only NAME,NAME] [--rounds N] [--json FILE] [--check] [--report | --no-report]

Runs Lockport beside its rivals, on this machine. A whole run writes docs/performance.json and the pages that are made of it;
--report lets any run do so. --json writes the results, with what the machine is, into another file. --check fails where a
target is missed, or could not be measured.
`;

const usualRounds = 5;

/** Files of several programs at once, and what the system needs besides. */
const neededBytes = 12e9;

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
      check: { type: 'boolean', default: false },
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
  const isWhole = !plan.isQuick && plan.rounds === undefined && plan.chosen.length === scenarios.length;
  if (flags.report ?? isWhole) await writeReport(results, fileURLToPath(new URL('..', import.meta.url)));
  if (flags.check) check(results);
}

function check(results: Results): void {
  const missed = unmet(targets, results);
  for (const verdict of missed) process.stdout.write(`${printedVerdict(verdict)}\n`);
  if (missed.length > 0) process.exitCode = 1;
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
      rounds: rounds ?? (isQuick ? 1 : (scenario.rounds ?? usualRounds)),
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

try {
  await main();
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
