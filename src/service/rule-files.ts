import type { AccountStore, Protocol, Publish } from '../core/index.ts';
import { accountFiles, type QuotaCounters } from '../files/index.ts';
import type { Gates } from './gates/index.ts';
import { mountsOf, refusalWithout } from './mounts.ts';
import { ActionError, type OpenRuleFiles } from './rules/index.ts';
import type { NamedStorages } from './storages.ts';

interface RuleFilesParts {
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly storages: NamedStorages;
  readonly counters: Pick<QuotaCounters, 'of'>;
  readonly gates: Gates;
  readonly publish: Publish;
}

/**
 * The files as the account sees them: its home, mounts, quota and gates hold. Its rights do not, for the administrator says
 * what a rule does. Links are followed where the account itself follows them.
 * @param parts asked for at each event: rules are made ready before all of it is there
 */
export function ruleFiles(parts: () => RuleFilesParts): OpenRuleFiles {
  return async ({ account: name = '', protocol, address = '' }, rule) => {
    const { accounts, storages, counters, gates, publish } = parts();
    const record = await accounts.find(name);
    if (!record) throw new ActionError('The account is no more', { isFinal: true });
    const { account } = record;
    const refusal = refusalWithout(storages.byName, account);
    if (refusal) throw new ActionError(`The account ${refusal.detail}`);
    return accountFiles({
      mounts: mountsOf(account, storages),
      renameAcross: storages.renameAcross,
      account,
      counters,
      gate: gates.of(account, { session: `rule ${rule}`, protocol: isProtocol(protocol) ? protocol : 'ftp', address }),
      withoutRights: true,
      onChange: (change) => publish({ event: 'rule.acted', rule, account: account.name, ...change }),
    });
  };
}

const PROTOCOLS = ['ftp', 'sftp', 'web', 'api'] as const satisfies readonly Protocol[];

function isProtocol(text: string | undefined): text is Protocol {
  return PROTOCOLS.some((each) => each === text);
}
