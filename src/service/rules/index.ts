export { commandUser } from './actions/command.ts';
export { checkProgram, runProgram } from './actions/run-program.ts';
export { signedPost, whyUnsent } from './actions/signed-post.ts';
export type { DeadLetter } from './dead-letters.ts';
export { compileBelow, compileNamePatterns, compilePathPattern } from './path-pattern.ts';
export type { RuleView } from './rule-runner.ts';
export { type RuleTrial, tryRules } from './rule-trial.ts';
export { checkRules, Rules } from './rules.ts';
export { latestDue, readSchedule, type Schedule } from './schedule.ts';
