import type { Absence, Measurement, Scenario } from './scenario.ts';

/** What a whole run gave; the report is made of it. */
export interface Results {
  readonly command: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationS: number;
  readonly isQuick: boolean;
  readonly machine: Machine;
  readonly scenarios: readonly ScenarioResult[];
}

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly openssl: string;
}

export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly kind: Scenario['kind'];
  readonly rounds: number;
  readonly subjects: readonly SubjectResult[];
  readonly absent: readonly Absence[];
}

export interface SubjectResult {
  readonly name: string;
  readonly isOurs: boolean;
  readonly version: string;
  readonly metrics: readonly MetricResult[];
}

/** One metric over all rounds. */
export interface MetricResult extends Omit<Measurement, 'value'> {
  readonly values: readonly number[];
  readonly median: number;
  readonly least: number;
  readonly most: number;
}
