import { bestOf } from '../measure/figures.ts';
import type { MetricResult, Results, ScenarioResult, SubjectResult } from '../results.ts';
import { targets } from '../targets.ts';
import { significant, spread } from './figure.ts';
import { judge } from './verdict.ts';

/** The generated part of docs/performance.md. `plotOf` gives the link to a scenario's plot. */
export function page(results: Results, plotOf: (scenario: ScenarioResult) => string): string {
  return [
    '## Goals and results',
    'The ratios compare medians of this run: Lockport’s to the best of the named rivals, or to another figure of its own.',
    targetTable(results),
    ...section('## Servers', results, 'server', plotOf),
    ...section('## Clients', results, 'client', plotOf),
    ...section('## Command line', results, 'command', plotOf),
    '## The run',
    aboutRun(results),
  ].join('\n\n');
}

function aboutRun({ command, startedAt, durationS, isQuick, machine, scenarios }: Results): string {
  const { processor, cores, memoryGiB, system, node, openssl } = machine;
  const rounds = [...new Set(scenarios.map((scenario) => scenario.rounds))].sort((a, b) => a - b);
  const facts = [
    ['command', `\`${command.trim()}\``],
    ['date', `${startedAt.slice(0, 10)}, ${Math.ceil(durationS / 60)} minutes`],
    ['machine', `${processor}, ${cores} cores, ${significant(memoryGiB)} GiB of memory`],
    ['system', system],
    ['Node', node],
    ['OpenSSL', openssl],
    ['rounds', `${rounds.join(' or ')}, after one warm-up round where the start is not what is measured`],
    ['compared with', versions(scenarios)],
  ];
  const warning = '**A quick run: a tenth of the work, one round. Good for a look, not for a figure.**\n\n';
  return `${isQuick ? warning : ''}${table(['', ''], facts)}`;
}

function versions(scenarios: readonly ScenarioResult[]): string {
  const all = scenarios.flatMap(({ subjects }) => subjects.map(({ name, version }) => `${name} ${version}`));
  return [...new Set(all)].join(', ');
}

function targetTable(results: Results): string {
  const rows = targets
    .map((target) => judge(target, results))
    .map(({ what, wanted, figure, from, verdict }) => [
      what,
      wanted,
      figure,
      from,
      verdict === 'missed' ? '**missed**' : verdict,
    ]);
  return table(['figure', 'goal', 'measured', 'medians', 'result'], rows);
}

function section(
  heading: string,
  { scenarios }: Results,
  kind: ScenarioResult['kind'],
  plotOf: (scenario: ScenarioResult) => string,
): readonly string[] {
  const all = scenarios.filter((scenario) => scenario.kind === kind);
  if (all.length === 0) return [];
  return [heading, ...all.flatMap((scenario) => scenarioParts(scenario, plotOf(scenario)))];
}

function scenarioParts(scenario: ScenarioResult, plot: string): readonly string[] {
  const { title, about, subjects, absent } = scenario;
  const missing = absent.map(({ name, reason }) => `- Without ${name}: ${oneLine(reason)}`).join('\n');
  const figures = subjects.length === 0 ? [] : [figureTable(subjects), `![${title}](${plot})`];
  return [`### ${title}`, about, ...figures, ...(missing === '' ? [] : [missing])];
}

/** A row for each subject, a column for each metric: median (least to most), and the ratio to the best rival. */
function figureTable(subjects: readonly SubjectResult[]): string {
  const columns = [...new Map(subjects.flatMap(({ metrics }) => metrics.map((each) => [each.metric, each]))).values()];
  const rivalBest = new Map(columns.map(({ metric }) => [metric, bestRival(subjects, metric)]));
  const rows = subjects.map(({ name, isOurs, version, metrics }) => [
    isOurs ? `**${name}**` : name,
    version,
    ...columns.map(({ metric }) =>
      cell(
        metrics.find((each) => each.metric === metric),
        rivalBest.get(metric),
      ),
    ),
  ]);
  const headings = columns.map(({ metric, unit, better }) => `${metric}, ${unit} (${better} is better)`);
  return table(['', 'version', ...headings], rows);
}

function bestRival(subjects: readonly SubjectResult[], metric: string): number | undefined {
  const rivals = subjects.filter(({ isOurs }) => !isOurs).flatMap(({ metrics }) => metrics);
  const measured = rivals.filter((each) => each.metric === metric);
  return measured.length === 0 ? undefined : bestOf(measured);
}

function cell(metric: MetricResult | undefined, best: number | undefined): string {
  if (!metric) return '–';
  const ratio = best === undefined ? '' : `, ${significant(metric.median / best)} x`;
  return `${significant(metric.median)} (${spread(metric)})${ratio}`;
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(oneLine).join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');
}
