/** Rules on events: what they wait for, which events fit, and what receivers are told. Pure; `service/rules/` runs them. */
export { fitsRule, type GroupsOf, type RuleConditions } from './matching.ts';
export { filledName, filledPath, nameTemplateProblem, pathTemplateProblem } from './path-template.ts';
export { pauseAfter } from './retry.ts';
export {
  type EventFile,
  EXPIRY_MARKS,
  eventFileOf,
  hasOwnId,
  type IsTemporary,
  isOfAccount,
  isOfFile,
  isStillFile,
  marksOf,
  QUOTA_MARKS,
  RULE_EVENT_KINDS,
  type RuleEvent,
  recordsOf,
  ruleEventOf,
  type ToldEvent,
} from './rule-event.ts';
export { argumentsProblem, filled, templateProblem } from './template.ts';
export { webhookMessage, webhookSecret } from './webhook-message.ts';
