import { marksOf, type RuleEvent, type RuleEventKind } from './rule-event.ts';

/** For which events a rule is; what is absent is not asked. */
export interface RuleConditions {
  /** The name of the rule: a schedule is due for one rule. */
  readonly name?: string | undefined;
  readonly when: readonly RuleEventKind[];
  /** The account is one of these, or in one of the groups. */
  readonly accounts?: readonly string[] | undefined;
  readonly groups?: readonly string[] | undefined;
  /** One of them fits the path. */
  readonly paths?: readonly ((path: string) => boolean)[] | undefined;
  /** In bytes, both included. */
  readonly size?: { readonly atLeast?: number | undefined; readonly atMost?: number | undefined } | undefined;
  /** Of what is told at marks: one of these was passed. */
  readonly percent?: readonly number[] | undefined;
  readonly daysBefore?: readonly number[] | undefined;
}

/** The groups of an account; none for one that does not exist. */
export type GroupsOf = (account: string) => Promise<readonly string[]>;

/** Whether an event fits. An event without an account, a path or a size does not fit where that is asked for. */
export async function fitsRule(
  { name, when, accounts, groups, paths, size, ...settings }: RuleConditions,
  event: RuleEvent,
  groupsOf: GroupsOf,
): Promise<boolean> {
  const { kind, account, path, bytes, marks = [] } = event;
  if (!when.includes(kind)) return false;
  if (event.rule !== undefined && event.rule !== name) return false;
  const marked = marksOf(kind);
  if (marked && !(settings[marked.setting] ?? marked.usual).some((mark) => marks.includes(mark))) return false;
  if (paths && (path === undefined || !paths.some((fits) => fits(path)))) return false;
  if (size) {
    const { atLeast = 0, atMost = Infinity } = size;
    if (bytes === undefined || bytes < atLeast || bytes > atMost) return false;
  }
  if (!accounts && !groups) return true;
  if (account === undefined) return false;
  if (accounts?.includes(account)) return true;
  return groups !== undefined && (await groupsOf(account)).some((group) => groups.includes(group));
}
