import { type AccountStore, type AdministratorStore, printable } from '../../core/index.ts';
import { type Configuration, placesOf, valueAt } from '../configuration/index.ts';
import type { ShownSetting } from '../shown-settings.ts';
import { ACCOUNT_STATES, readable, weakerFields } from './accounts.ts';
import { ADMINISTRATOR_STATES } from './administrators.ts';
import { type AccountDemand, POLICIES, type PolicyName } from './demands.ts';
import { FACTS } from './facts.ts';

/** One demand, and what was found. */
export interface PolicyFinding {
  readonly clause: string;
  /** The document gives no number: that of Lockport is one reading of it. */
  readonly isOurReading: boolean;
  readonly of: 'setting' | 'account' | 'group' | 'administrator' | 'program';
  /** `passwords.minLength`; `anna: ftp.sessionReuse` */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** Where the value comes from: `lockport.yaml:3:4`, `policy pci`, `default`. */
  readonly origin?: string;
  readonly isMet: boolean;
}

/** What somebody who audits wants to see. */
export interface PolicyReport {
  readonly policy: PolicyName;
  readonly title: string;
  /** The configuration names this policy. */
  readonly isSet: boolean;
  readonly isMet: boolean;
  readonly findings: readonly PolicyFinding[];
  /** What no program can check. */
  readonly yours: readonly { readonly clause: string; readonly what: string }[];
}

/** What is compared. */
export interface PolicySubject {
  readonly configuration: Configuration;
  readonly settings: readonly ShownSetting[];
}

/** Who is compared. */
export interface PolicyStores {
  readonly accounts: AccountStore;
  readonly administrators: Pick<AdministratorStore, 'list'>;
}

/**
 * Compares a configuration and its accounts with a policy, which need not be the one that is set.
 * @param stores absent where there are none yet
 */
export async function policyReport(
  policy: PolicyName,
  subject: PolicySubject,
  stores: PolicyStores | undefined,
  now = Date.now(),
): Promise<PolicyReport> {
  const { title, yours } = POLICIES[policy];
  const findings = [
    ...settingFindings(policy, subject),
    ...factFindings(policy, subject),
    ...(stores ? await accountFindings(policy, stores.accounts, now) : []),
    ...(stores ? await administratorFindings(policy, stores.administrators, now) : []),
  ];
  return {
    policy,
    title,
    isSet: subject.configuration.policy === policy,
    isMet: findings.every(({ isMet }) => isMet),
    findings,
    yours: yours.map(([clause, what]) => ({ clause, what })),
  };
}

function settingFindings(policy: PolicyName, { configuration, settings }: PolicySubject): PolicyFinding[] {
  return POLICIES[policy].settings.flatMap((demand) =>
    placesOf(demand, configuration.listeners.length).flatMap(([...place], index): PolicyFinding[] => {
      const value = valueAt(configuration, place);
      if (index > 0 && value === undefined) return [];
      const key = index > 0 ? 'listeners' : demand.setting;
      const shown = settings.find((setting) => setting.key === key);
      const written = index > 0 ? value : shown?.value;
      return [
        {
          clause: demand.clause,
          isOurReading: demand.isOurReading ?? false,
          of: 'setting',
          what: index > 0 ? `listeners[${String(place[1])}].${place.slice(2).join('.')}` : demand.setting,
          expected: demand.comparison.expected,
          found:
            written === undefined
              ? 'not set'
              : printable(typeof written === 'string' ? written : JSON.stringify(written)),
          ...(shown && { origin: shown.origin }),
          isMet: demand.comparison.holds(value),
        },
      ];
    }),
  );
}

function factFindings(policy: PolicyName, { configuration }: PolicySubject): PolicyFinding[] {
  return POLICIES[policy].facts.map(({ fact, clause, isOurReading = false }) => {
    const { expected, look } = FACTS[fact];
    return { clause, isOurReading, of: 'program', what: fact, expected, ...look(configuration) };
  });
}

/** One finding for each demand that all do, and one for each account or group that does not. */
async function accountFindings(policy: PolicyName, accounts: AccountStore, now: number): Promise<PolicyFinding[]> {
  const { accounts: demands, states } = POLICIES[policy];
  const weak: PolicyFinding[] = [];
  const add = (
    of: 'account' | 'group',
    name: string,
    finding: Omit<PolicyFinding, 'of' | 'isMet' | 'what'>,
    what: string,
  ) => weak.push({ ...finding, of, what: `${printable(name)}: ${what}`, isMet: false });
  for (const name of await accounts.groups.names()) {
    const group = await readable(accounts.groups.find(name));
    for (const { demand, value } of weakerFields(policy, group?.settings ?? {}))
      add('group', name, { ...aboutField(demand), found: printable(JSON.stringify(value)) }, demand.field);
  }
  for (const name of (await accounts.names()).toSorted()) {
    const record = await readable(accounts.find(name));
    if (!record) {
      const finding = {
        clause: '-',
        isOurReading: false,
        expected: 'an account that can be read',
        found: 'unreadable',
      };
      add('account', name, finding, 'account');
      continue;
    }
    for (const { demand, value } of weakerFields(policy, record.own))
      add('account', name, { ...aboutField(demand), found: printable(JSON.stringify(value)) }, demand.field);
    for (const { state, clause, isOurReading = false } of states) {
      const { expected, find } = ACCOUNT_STATES[state];
      const found = find(record, now);
      if (found !== undefined) add('account', name, { clause, isOurReading, expected, found }, state);
    }
  }
  const all = [
    ...demands.map((demand) => ({ ...aboutField(demand), what: demand.field })),
    ...states.map(({ state, clause, isOurReading = false }) => ({
      clause,
      isOurReading,
      expected: ACCOUNT_STATES[state].expected,
      what: state as string,
    })),
  ];
  const met = all
    .filter(({ what }) => !weak.some((finding) => finding.what.endsWith(`: ${what}`)))
    .map((demand): PolicyFinding => ({ ...demand, of: 'account', found: 'all accounts and groups', isMet: true }));
  return [...met, ...weak];
}

/** As of accounts: one finding for each demand that all do, and one for each administrator that does not. */
async function administratorFindings(
  policy: PolicyName,
  administrators: PolicyStores['administrators'],
  now: number,
): Promise<PolicyFinding[]> {
  const { settings, states } = POLICIES[policy];
  const all = await administrators.list();
  const factor = settings.filter(({ setting }) => setting === 'admin.requireTotp');
  const demands = [...factor.map((demand) => ({ ...demand, state: 'second-factor' as const })), ...states];
  return demands.flatMap(({ state, clause, isOurReading = false }): PolicyFinding[] => {
    const { expected, find } = ADMINISTRATOR_STATES[state];
    const about = { clause, isOurReading, of: 'administrator', expected } as const;
    const weak = all.flatMap((record) => {
      const found = find(record, now);
      return found === undefined
        ? []
        : [{ ...about, what: `${printable(record.name)}: ${state}`, found, isMet: false }];
    });
    return weak.length > 0 ? weak : [{ ...about, what: state, found: 'all administrators', isMet: true }];
  });
}

function aboutField({ clause, isOurReading, comparison }: AccountDemand) {
  return { clause, isOurReading: isOurReading ?? false, expected: comparison.expected };
}
