import { bestOf } from '../measure/figures.ts';
import type { MetricResult, Results, ScenarioResult, SubjectResult } from '../results.ts';
import { significant } from './figure.ts';
import type { Target } from './targets.ts';

/** A target, and what a run says of it. */
export interface TargetResult {
  readonly target: Target;
  /** The scenario's title and the metric. */
  readonly what: string;
  readonly wanted: string;
  readonly figure: string;
  /** What the ratio is made of. */
  readonly from: string;
  readonly verdict: 'met' | '**missed**' | 'not measured';
}

export function judge(target: Target, { scenarios }: Results): TargetResult {
  const scenario = scenarios.find(({ name }) => name === target.scenario);
  const ours = scenario && metricOf(scenario, target.ours, target.metric);
  const rivals = scenario ? rivalsOf(scenario, target) : [];
  const what = `${scenario?.title ?? target.scenario}: ${target.metric} (${target.ours})`;
  const wanted = wantedOf(target, ours?.unit);
  if (!ours || (target.rivals && rivals.length === 0)) {
    return { target, what, wanted, figure: '–', from: '–', verdict: 'not measured' };
  }
  const own = `${significant(ours.median)} ${ours.unit}`;
  if (!target.rivals) return { target, what, wanted, figure: own, from: '', verdict: verdictOn(ours.median, target) };
  const best = bestOf(rivals.map(({ metric }) => metric));
  const whose = rivals.find(({ metric }) => metric.median === best)?.name;
  const ratio = ours.median / best;
  return {
    target,
    what,
    wanted,
    figure: `${significant(ratio)} x`,
    from: `${own} to ${significant(best)} (${whose})`,
    verdict: verdictOn(ratio, target),
  };
}

function metricOf(scenario: ScenarioResult, subject: string, metric: string): MetricResult | undefined {
  return scenario.subjects.find(({ name }) => name === subject)?.metrics.find((each) => each.metric === metric);
}

function rivalsOf(
  { subjects }: ScenarioResult,
  { rivals, metric }: Target,
): readonly { readonly name: string; readonly metric: MetricResult }[] {
  const counts = ({ name, isOurs }: SubjectResult) => (rivals === 'all' ? !isOurs : rivals?.includes(name));
  return subjects
    .filter(counts)
    .flatMap(({ name, metrics }) =>
      metrics.filter((each) => each.metric === metric).map((each) => ({ name, metric: each })),
    );
}

function wantedOf({ wanted, rivals }: Target, unit = ''): string {
  const bound = 'atMost' in wanted ? `at most ${wanted.atMost}` : `at least ${wanted.atLeast}`;
  if (!rivals) return `${bound} ${unit}`.trim();
  const whom =
    rivals === 'all' ? 'the best rival' : rivals.length === 1 ? rivals[0] : `the best of ${rivals.join('; ')}`;
  return `${bound} x ${whom}`;
}

function verdictOn(value: number, { wanted }: Target): TargetResult['verdict'] {
  const isMet = 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
  return isMet ? 'met' : '**missed**';
}
