export type { DeadLetter } from './dead-letters.ts';
export type { RuleView } from './rule-runner.ts';
export { type RuleTrial, tryRules } from './rule-trial.ts';
export { checkRules, Rules } from './rules.ts';
