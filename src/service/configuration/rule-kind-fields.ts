import { z } from 'zod';
import { isOfAccount, marksOf, QUOTA_MARKS, type RuleConditions } from '../../operations/index.ts';
import { whole } from './fields.ts';

const PERCENT = `a list of ${QUOTA_MARKS.join(', ')}`;
const DAYS = 'a list of days, such as [30, 14, 7, 1]';
const MAX_DAYS = 365;
const MAX_MARKS = 20;

/** The settings of rules that are for some kinds of events alone. */
export const kindFields = {
  percent: z
    .array(z.literal([...QUOTA_MARKS], `one of ${QUOTA_MARKS.join(', ')}`), PERCENT)
    .min(1, PERCENT)
    .describe('For quota-passed: how much of the quota is used (default: all)')
    .optional(),
  daysBefore: z
    .array(whole(0, MAX_DAYS, 'Days'), DAYS)
    .min(1, DAYS)
    .max(MAX_MARKS, `at most ${MAX_MARKS} numbers of days`)
    .describe('For what expires: how many days before (default: 30, 14, 7 and 1; 0: once it has expired)')
    .optional(),
};

type KindSettings = Pick<RuleConditions, 'when' | 'accounts' | 'groups' | 'percent' | 'daysBefore'>;

/** What can't be meant: settings that no kind of the rule asks for, each as what was expected instead. */
export function kindProblems({ when, accounts, groups, ...settings }: KindSettings): readonly string[] {
  const marked = new Set(when.map((kind) => marksOf(kind)?.setting));
  return [
    (accounts || groups) &&
      !when.some(isOfAccount) &&
      'a rule with accounts or groups that waits for an event of an account',
    settings.percent && !marked.has('percent') && 'a rule with percent that waits for quota-passed',
    settings.daysBefore && !marked.has('daysBefore') && 'a rule with daysBefore that waits for something that expires',
  ].filter((problem) => typeof problem === 'string');
}
