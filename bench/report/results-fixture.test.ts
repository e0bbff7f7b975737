import { over } from '../measure/figures.ts';
import type { Results, ScenarioResult } from '../results.ts';
import type { Measurement, Scenario } from '../scenario.ts';

/** A run of these scenarios; what does not matter to a test is made up. */
export function resultsOf(...scenarios: readonly ScenarioResult[]): Results {
  return {
    command: 'npm run bench --',
    startedAt: '2026-01-02T03:04:05.000Z',
    durationS: 60,
    isQuick: false,
    machine: {
      processor: 'a processor',
      cores: 2,
      memoryGiB: 4,
      system: 'a system',
      node: 'v24.0.0',
      openssl: '3.5.0 in Node',
    },
    scenarios,
  };
}

/** What each subject took in its rounds; ours are those whose name begins with Lockport. */
export function scenarioOf(
  name: string,
  { metric, unit, better }: Omit<Measurement, 'value'>,
  rounds: { readonly [subject: string]: readonly number[] },
  kind: Scenario['kind'] = 'server',
): ScenarioResult {
  const subjects = Object.entries(rounds).map(([subject, values]) => ({
    name: subject,
    isOurs: subject.startsWith('Lockport'),
    version: '1',
    metrics: [over(values.map((value) => ({ metric, unit, better, value })))],
  }));
  return { name, title: `Scenario ${name}`, about: 'What is done.', kind, rounds: 5, subjects, absent: [] };
}
