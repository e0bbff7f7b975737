import type { Right, RightsRule } from './account/values.ts';
import { isWithin, type VirtualPath } from './path.ts';

/** Whether a right is held at a path. */
export type RightsTest = (right: Right, path: VirtualPath) => boolean;

/**
 * What the rules of an account mean. The rule with the longest path that covers an entry decides alone; where two have
 * the same path, the first; where none covers it, nothing is allowed.
 */
export function rightsOf(rules: readonly RightsRule[]): RightsTest {
  const ruleAt = coveringRule(rules);
  return (right, path) => ruleAt(path)?.rights.includes(right) ?? false;
}

/** The rule that decides at a path, by `rightsOf`; undefined where none covers it. */
export function coveringRule(rules: readonly RightsRule[]): (path: VirtualPath) => RightsRule | undefined {
  const deepestFirst = rules.toSorted((one, other) => other.path.length - one.path.length);
  return (path) => deepestFirst.find((rule) => isWithin(rule.path, path));
}

/** Whether the same rights are held at a directory and everywhere below it: no rule begins there. */
export function decideAlike(rules: readonly RightsRule[], directory: VirtualPath): boolean {
  return rules.every(({ path }) => path === directory || !isWithin(directory, path));
}
