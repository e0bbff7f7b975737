import { bestOf } from '../measure/figures.ts';
import type { MetricResult, Results } from '../results.ts';
import type { Target } from '../targets.ts';
import { significant } from './figure.ts';

/** A target, and what a run says of it. */
export interface TargetResult {
  readonly target: Target;
  /** The scenario's title and the metric. */
  readonly what: string;
  readonly wanted: string;
  readonly figure: string;
  /** What the ratio is made of. */
  readonly from: string;
  readonly verdict: 'met' | 'missed' | 'not measured';
}

export function judge(target: Target, results: Results): TargetResult {
  const { scenario, metric, ours: subject, beside } = target;
  const [ours] = figuresOf(results, scenario, metric, ({ name }) => name === subject);
  const title = results.scenarios.find(({ name }) => name === scenario)?.title ?? scenario;
  const what = `${title}: ${metric} (${subject})`;
  const others = comparedWith(target, results);
  const wanted = wantedOf(target, ours?.figures.unit);
  if (!ours || (beside && others.length === 0)) {
    return { target, what, wanted, figure: '–', from: '–', verdict: 'not measured' };
  }
  const { median, unit } = ours.figures;
  const own = `${significant(median)} ${unit}`;
  if (!beside) return { target, what, wanted, figure: own, from: '', verdict: verdictOn(median, target) };
  const best = bestOf(others.map(({ figures }) => figures));
  const whose = others.find(({ figures }) => figures.median === best)?.whose;
  const ratio = median / best;
  return {
    target,
    what,
    wanted,
    figure: `${significant(ratio)} x`,
    from: `${own} to ${significant(best)} (${whose})`,
    verdict: verdictOn(ratio, target),
  };
}

/**
 * Of these targets, those that a run did not show to be met: missed, or not measured. A part of the scenarios says nothing of
 * the others.
 */
export function unmet(targets: readonly Target[], results: Results): readonly TargetResult[] {
  const names = new Set(results.scenarios.map(({ name }) => name));
  return targets
    .filter(({ scenario }) => names.has(scenario))
    .map((target) => judge(target, results))
    .filter(({ verdict }) => verdict !== 'met');
}

interface Figures {
  readonly whose: string;
  readonly figures: MetricResult;
}

function comparedWith({ scenario, metric, beside }: Target, results: Results): readonly Figures[] {
  if (beside === undefined) return [];
  if (beside === 'all') return figuresOf(results, scenario, metric, ({ isOurs }) => !isOurs);
  if ('metrics' in beside) {
    return beside.metrics.flatMap((each) =>
      figuresOf(results, scenario, each, ({ isOurs }) => !isOurs).map(({ whose, figures }) => ({
        whose: `${whose}, ${each}`,
        figures,
      })),
    );
  }
  if ('subject' in beside) {
    const own = figuresOf(results, beside.scenario, metric, ({ name }) => name === beside.subject);
    return own.map(({ figures }) => ({ whose: beside.scenario, figures }));
  }
  return figuresOf(results, scenario, metric, ({ name }) => beside.includes(name));
}

function figuresOf(
  { scenarios }: Results,
  scenario: string,
  metric: string,
  counts: (subject: { readonly name: string; readonly isOurs: boolean }) => boolean,
): readonly Figures[] {
  const subjects = scenarios.find(({ name }) => name === scenario)?.subjects.filter(counts) ?? [];
  return subjects.flatMap(({ name, metrics }) =>
    metrics.filter((each) => each.metric === metric).map((figures) => ({ whose: name, figures })),
  );
}

function wantedOf({ wanted, beside }: Target, unit = ''): string {
  const bound = 'atMost' in wanted ? `at most ${wanted.atMost}` : `at least ${wanted.atLeast}`;
  return beside === undefined ? `${bound} ${unit}`.trim() : `${bound} x ${whomOf(beside)}`;
}

function whomOf(beside: NonNullable<Target['beside']>): string {
  if (beside === 'all') return 'the best rival';
  if ('metrics' in beside) return `the best rival of ${beside.metrics.join('; ')}`;
  if ('subject' in beside) return beside.scenario;
  return beside.length === 1 ? String(beside[0]) : `the best of ${beside.join('; ')}`;
}

function verdictOn(value: number, { wanted }: Target): TargetResult['verdict'] {
  const isMet = 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
  return isMet ? 'met' : 'missed';
}
