import { bestOf } from './measure/figures.ts';
import type { TargetResult } from './report/verdict.ts';
import type { MetricResult, ScenarioResult } from './results.ts';

/** A scenario's result as text: a block for each metric, a line for each subject, with its ratio to the best rival. */
export function printed({ title, subjects, absent }: ScenarioResult): string {
  const names = new Set(subjects.flatMap((subject) => subject.metrics.map(({ metric }) => metric)));
  const blocks = [...names].map((metric) => {
    const found = subjects.flatMap(({ name, isOurs, metrics }) =>
      metrics.filter((each) => each.metric === metric).map((figures) => ({ name, isOurs, figures })),
    );
    const theirs = found.filter(({ isOurs }) => !isOurs).map(({ figures }) => figures);
    const lines = found.map(({ name, figures }) => line(name, figures, theirs));
    return [`  ${metric}, ${found[0]?.figures.unit} (${found[0]?.figures.better} is better)`, ...lines].join('\n');
  });
  const missing = absent.map(({ name, reason }) => `  without ${name}: ${reason}`);
  return [title, ...blocks, ...missing].join('\n');
}

/** A target that a run did not show to be met, as a line. */
export function printedVerdict({ what, wanted, figure, from, verdict }: TargetResult): string {
  return `${verdict}: ${what}: ${wanted}; ${[figure, from].filter((text) => text !== '').join(', ')}`;
}

function line(name: string, { median, least, most }: MetricResult, rivals: readonly MetricResult[]): string {
  const ratio = rivals.length === 0 ? '' : `${significant(median / bestOf(rivals))} x`;
  const spread = `${significant(least)}..${significant(most)}`;
  return `    ${name.padEnd(24)}${significant(median).padStart(10)}${spread.padStart(20)}${ratio.padStart(12)}`;
}

function significant(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
