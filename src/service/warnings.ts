import { accessSync, constants, statSync } from 'node:fs';
import type { AccountStore, Publish } from '../core/index.ts';
import type { Database } from '../database/index.ts';
import { type Configuration, isLoopback, isMonitored, listenersOf, localOnes } from './configuration/index.ts';
import { weakerNames } from './policy/accounts.ts';
import { isRoot } from './privileges.ts';

/** What a listener allows beyond the server, and names that lead to nobody. */
export async function warnOfListeners(
  configuration: Configuration,
  { accounts }: Database,
  log: Publish,
): Promise<void> {
  const known = new Set(await accounts.names());
  for (const { key, rules } of listenersOf(configuration)) {
    const { clear, accounts: named = [] } = rules;
    const messages = [
      clear?.login && `${key}.plainFtp.login is on: passwords may travel in clear there, for all on the way to read`,
      clear?.data && `${key}.plainFtp.data is on: files may travel in clear there, for all on the way to read`,
      ...named
        .filter((name) => !known.has(name))
        .map((name) => `${key}.accounts: there is no account ${name} yet; make it by "lockport user add ${name}"`),
    ];
    for (const message of messages) if (message) log({ event: 'warning', message });
  }
}

/** So many accounts are named in a warning. */
const MAX_NAMED = 5;

/** Accounts and groups that are weaker than the policy demands: they were so before it was set. */
export async function warnOfPolicy({ policy }: Configuration, accounts: AccountStore, log: Publish): Promise<void> {
  if (policy === undefined) return;
  const weaker = await weakerNames(policy, accounts);
  if (weaker.length === 0) return;
  const names = weaker.slice(0, MAX_NAMED).join(', ');
  const further = weaker.length > MAX_NAMED ? ` and ${weaker.length - MAX_NAMED} more` : '';
  const message = `Weaker than the policy ${policy} demands: ${names}${further}; "lockport policy check" says by what`;
  log({ event: 'warning', message });
}

/** What the operator should know of the configuration. */
export function warnOf(configuration: Configuration, log: Publish): void {
  const { plainFtp, storages, metrics } = configuration;
  const warn = (message: string) => log({ event: 'warning', message });
  if (plainFtp.login !== 'refuse')
    warn('plainFtp.login is on: passwords may travel in clear, for all on the way to read');
  if (plainFtp.data !== 'refuse') warn('plainFtp.data is on: files may travel in clear, for all on the way to read');
  if (isMonitored(configuration) && !isLoopback(metrics.address) && metrics.tls.certificate === undefined)
    warn('metrics are served without TLS: their token travels in clear; name metrics.tls.certificate and key');
  if (isMonitored(configuration) && metrics.tokenFile !== undefined && isOpenToAll(metrics.tokenFile))
    warn(`metrics.tokenFile ${metrics.tokenFile} can be read by every user of this machine: chmod o-rwx closes it`);
  const { protocol } = configuration.syslog;
  if (configuration.syslog.enabled && protocol !== 'tls')
    warn(`syslog.protocol is ${protocol}: all on the way can read the log, and change it`);
  if (isRoot()) warn('Running as root: name a user in runAs, which the server becomes once its ports are open');
  for (const [, { path }] of localOnes(storages)) {
    try {
      accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    } catch {
      warn(`This process may not read and write the files directory ${path}: change its owner or mode`);
    }
  }
}

function isOpenToAll(file: string): boolean {
  try {
    return (statSync(file).mode & constants.S_IROTH) !== 0;
  } catch {
    // It was read before this process became its final user, which may not look at it.
    return false;
  }
}
