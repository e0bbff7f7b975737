export { checkRules, Rules } from './rules.ts';
