import { z } from 'zod';
import { isOfAccount, marksOf, QUOTA_MARKS, type RuleConditions } from '../../operations/index.ts';
import { readSchedule } from '../rules/schedule.ts';
import { oneOf, text, whole } from './fields.ts';

const PERCENT = `a list of ${QUOTA_MARKS.join(', ')}`;
const DAYS = 'a list of days, such as [30, 14, 7, 1]';
const CRON = "five fields as crontab(5) has them for at, such as '30 2 * * *', of a time that comes";
const ZONE = 'a time zone such as Europe/Berlin';
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
  at: text(
    'For schedule: when, in the five fields of crontab(5): minute, hour, day, month, day of the week',
    CRON,
  ).optional(),
  timeZone: text('The time zone of `at` (default: UTC)', ZONE).refine(isTimeZone, ZONE).optional(),
  missed: oneOf(
    ['once', 'skip'],
    'Once: what was missed while the server was down is done once at the start',
  ).optional(),
};

type KindSettings = Pick<RuleConditions, 'when' | 'accounts' | 'groups' | 'percent' | 'daysBefore'> & {
  readonly at?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly missed?: string | undefined;
};

/** What can't be meant: settings that no kind of the rule asks for, each as what was expected instead. */
export function kindProblems({
  when,
  accounts,
  groups,
  at,
  timeZone,
  missed,
  ...settings
}: KindSettings): readonly string[] {
  const marked = new Set(when.map((kind) => marksOf(kind)?.setting));
  return [
    (accounts || groups) &&
      !when.some(isOfAccount) &&
      'a rule with accounts or groups that waits for an event of an account',
    settings.percent && !marked.has('percent') && 'a rule with percent that waits for quota-passed',
    settings.daysBefore && !marked.has('daysBefore') && 'a rule with daysBefore that waits for something that expires',
    at === undefined &&
      when.includes('schedule') &&
      'at, where a rule waits for schedule: 30 2 * * * is every day at 02:30',
    at !== undefined && !when.includes('schedule') && 'a rule with at that waits for schedule',
    at === undefined && (timeZone !== undefined || missed !== undefined) && 'at beside timeZone and missed',
    at !== undefined && !isReadable(at, timeZone ?? 'UTC') && CRON,
  ].filter((problem) => typeof problem === 'string');
}

function isTimeZone(given: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isReadable(at: string, timeZone: string): boolean {
  try {
    readSchedule(at, timeZone);
    return true;
  } catch {
    return false;
  }
}
