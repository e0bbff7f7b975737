import type { Limits, Publish } from '../../core/index.ts';
import type { GroupsOf, IsTemporary, Journal, RuleConditions } from '../../operations/index.ts';
import type { Action, OpenRuleFiles } from './actions/index.ts';

/** A rule as it runs. */
export interface PreparedRule extends RuleConditions {
  readonly name: string;
  /** It acts on an event only once that is so old. */
  readonly after?: number | undefined;
  readonly actions: readonly Action[];
}

export interface RuleRunnerParts {
  readonly rule: PreparedRule;
  /** Where its files are. */
  readonly directory: string;
  readonly journal: Journal;
  readonly auditDirectory: string;
  readonly isTemporary: IsTemporary;
  readonly groupsOf: GroupsOf;
  readonly openFiles: OpenRuleFiles;
  readonly limits: Limits;
  readonly publish: Publish;
}
