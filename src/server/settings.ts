import {
  type Gatekeeper,
  type Limits,
  limitsWith,
  type Publish,
  type ReceiptIssuer,
  type RecordKeeper,
  type SessionReuse,
} from '../core/index.ts';
import { createTlsIdentity, DataPorts, type TicketKeys, type TlsIdentity } from '../transport/index.ts';
import type { ConcurrencyLimiter } from './concurrency-limiter.ts';
import type { SessionRegister } from './open-sessions.ts';
import type { ListenerRules, PassiveNetwork, PassiveOptions, ReloadableOptions } from './options.ts';

/** The options of the server, checked and with every default. A session keeps the settings with which it began. Immutable. */
export interface SessionSettings {
  readonly gatekeeper: Gatekeeper;
  readonly tls: TlsIdentity;
  readonly clear: { readonly login: boolean; readonly data: boolean };
  readonly passivePorts: DataPorts;
  readonly passiveAddress: string | undefined;
  readonly passiveNetworks: readonly PassiveNetwork[];
  readonly sessionReuse: SessionReuse | undefined;
  /** Who may sign in; undefined: everybody. */
  readonly accounts: ReadonlySet<string> | undefined;
  readonly active: boolean;
  readonly compression: boolean;
  readonly site: { readonly symlink: boolean };
  readonly hosts: ReadonlySet<string>;
  readonly greeting: string;
  readonly digestTransfers: boolean;
  readonly limits: Limits;
  /** For the hashes that are computed for each account, by its name. */
  readonly digests: ConcurrencyLimiter;
  readonly sessions: SessionRegister;
  readonly ticketKeys: TicketKeys;
  readonly publish: Publish;
  /** Undefined: no reply waits for its record. */
  readonly records: RecordKeeper | undefined;
  readonly receipts: ReceiptIssuer | undefined;
}

/** Settings that a reload does not change. */
type FixedSettings = Pick<SessionSettings, 'publish' | 'records' | 'receipts' | 'digests' | 'sessions' | 'ticketKeys'>;

/** The settings of new sessions: those of the server, and those at each listener. */
export interface SettingsByListener {
  readonly common: SessionSettings;
  readonly atListener: readonly SessionSettings[];
}

/**
 * @param previous the settings before a reload: their open passive ports still count.
 * @throws what `createTlsIdentity` throws for certificates that cannot serve.
 */
export function settingsByListener(
  options: ReloadableOptions,
  fixed: FixedSettings,
  previous?: SettingsByListener,
): SettingsByListener {
  const common = settingsFrom(options, {}, fixed, previous?.common.passivePorts);
  const atListener = (options.listeners ?? []).map((rules) =>
    isSpecial(rules) ? settingsFrom(options, rules, fixed, common.passivePorts) : common,
  );
  return { common, atListener };
}

function isSpecial({ tls, clear, passive, sessionReuse, accounts }: ListenerRules): boolean {
  return [tls, clear, passive, sessionReuse, accounts].some((rule) => rule !== undefined);
}

function settingsFrom(
  options: ReloadableOptions,
  rules: ListenerRules,
  { publish, records, receipts, digests, sessions, ticketKeys }: FixedSettings,
  previousPorts?: DataPorts,
): SessionSettings {
  const limits = limitsWith(options.limits);
  const tls = createTlsIdentity({ ...options.tls, ...rules.tls }, limits, ticketKeys);
  const clear = { ...options.clear, ...rules.clear };
  const passive = passiveOf(options.passive, rules.passive);
  const accounts = rules.accounts;
  return {
    gatekeeper: options.gatekeeper,
    tls,
    clear: { login: clear.login ?? false, data: clear.data ?? false },
    passivePorts: new DataPorts(
      { ...(passive.ports && { range: passive.ports }), maxOpen: limits.maxPassiveListeners },
      previousPorts,
    ),
    passiveAddress: passive.address,
    passiveNetworks: passive.networks ?? [],
    sessionReuse: rules.sessionReuse ?? options.sessionReuse,
    accounts: accounts && new Set(accounts),
    active: options.active ?? false,
    compression: options.compression ?? false,
    site: { symlink: options.site?.symlink ?? false },
    hosts: new Set((options.hosts ?? []).map((host) => host.toLowerCase())),
    greeting: options.greeting ?? 'Lockport FTP server ready',
    digestTransfers: options.digestTransfers ?? false,
    limits,
    digests,
    sessions,
    ticketKeys,
    publish,
    records,
    receipts,
  };
}

/** A listener with an address or networks of its own ignores those of the server: they name another way in. */
function passiveOf(common: PassiveOptions = {}, own: PassiveOptions = {}): PassiveOptions {
  const { ports = common.ports } = own;
  const { address, networks } = own.address === undefined && own.networks === undefined ? common : own;
  return { ...(ports && { ports }), ...(address !== undefined && { address }), ...(networks && { networks }) };
}
