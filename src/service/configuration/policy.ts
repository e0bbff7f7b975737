import { printable } from '../../core/index.ts';
import { POLICIES, type PolicyName, type SettingDemand } from '../policy/demands.ts';
import { keyOf, type Layer, layerWith, merge, type Path, type Tree, valueAt } from './layer.ts';
import { ConfigurationError, type Problem } from './problem.ts';
import { configurationSchema, type ParsedConfiguration } from './schema.ts';

/** What a policy sets where nobody does: the values for which the default of the server is too weak. */
export function policyLayer(policy: PolicyName): Layer {
  const defaults = configurationSchema.parse({});
  const tree = POLICIES[policy].settings
    .filter(({ setting, comparison }) => !comparison.holds(valueAt(defaults, setting.split('.'))))
    .map(({ setting, set }) => setting.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), set))
    .reduce<unknown>(merge, {});
  return { tree: tree as Tree, locate: () => ({ origin: { from: 'policy', policy } }) };
}

/** A value that is weaker than a policy demands. */
interface WeakerValue {
  readonly demand: SettingDemand;
  /** `listeners[0].sessionReuse`, or that of the setting itself. */
  readonly path: Path;
}

/** Each value that does not do what a policy demands, those of listeners included. */
function weakerThan(policy: PolicyName, parsed: Pick<ParsedConfiguration, 'listeners'>): readonly WeakerValue[] {
  return POLICIES[policy].settings.flatMap((demand) =>
    placesOf(demand, parsed.listeners.length)
      .map((path, index) => ({ demand, path, isOfListener: index > 0 }))
      .filter(({ path, isOfListener }) => {
        const value = valueAt(parsed, path);
        return !(isOfListener && value === undefined) && !demand.comparison.holds(value);
      }),
  );
}

/**
 * Of a configuration that a reload puts together from two, where no single one is wrong.
 * @throws ConfigurationError
 */
export function refuseWeakerThanPolicy(configuration: Pick<ParsedConfiguration, 'listeners' | 'policy'>): void {
  const { policy } = configuration;
  const problems = (policy === undefined ? [] : weakerThan(policy, configuration)).map(
    ({ demand: { comparison, clause }, path }): Problem => ({
      origin: { from: 'default' },
      key: keyOf(path),
      message: `expected ${comparison.expected}: the policy ${policy} demands it (${clause}), and the listeners change at the next start alone`,
    }),
  );
  if (problems.length > 0) throw new ConfigurationError(problems);
}

/** As mistakes, each with what it may be and who demands it. */
export function policyContradictions(
  parsed: ParsedConfiguration,
  layers: readonly Layer[],
): (readonly [where: Path, message: string])[] {
  const { policy } = parsed;
  if (policy === undefined) return [];
  return weakerThan(policy, parsed).map(({ demand: { comparison, clause }, path }) => {
    const given = valueAt(layerWith(path, layers)?.tree, path);
    const got = given === undefined ? 'nothing' : printable(JSON.stringify(given));
    return [path, `expected ${comparison.expected}, got ${got}: the policy ${policy} demands it (${clause})`];
  });
}

/** Where a value lies that a demand is about: its own setting, then that of each listener. */
export function placesOf({ setting, inListener }: SettingDemand, listeners: number): readonly Path[] {
  const further = inListener
    ? Array.from({ length: listeners }, (_, index) => ['listeners', index, ...inListener])
    : [];
  return [setting.split('.'), ...further];
}
