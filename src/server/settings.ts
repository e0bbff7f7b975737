import { type EventSink, type Gatekeeper, type Limits, limitsWith } from '../core/index.ts';
import { createTlsIdentity, DataPorts, type TicketKeys, type TlsIdentity } from '../transport/index.ts';
import type { Places } from './counted-places.ts';
import type { SessionRegister } from './open-sessions.ts';
import type { ReloadableOptions } from './options.ts';

/** The options, checked and filled in: what one generation of sessions works with. Immutable. */
export interface Settings {
  readonly gatekeeper: Gatekeeper;
  readonly tls: TlsIdentity;
  readonly clear: { readonly login: boolean; readonly data: boolean };
  readonly passivePorts: DataPorts;
  readonly passiveAddress: string | undefined;
  readonly active: boolean;
  readonly compression: boolean;
  readonly site: { readonly symlink: boolean };
  readonly hosts: ReadonlySet<string>;
  readonly greeting: string;
  readonly digestTransfers: boolean;
  readonly limits: Limits;
  /** For the hashes that are computed for each account, by its name. */
  readonly digests: Places;
  readonly sessions: SessionRegister;
  readonly ticketKeys: TicketKeys;
  readonly publish: EventSink;
}

/** What one generation of settings hands on to the next. */
type Lasting = Pick<Settings, 'publish' | 'digests' | 'sessions' | 'ticketKeys'>;

/**
 * @param previousPorts those of the generation before: what is open goes on counting.
 * @throws what `createTlsIdentity` throws for certificates that cannot serve.
 */
export function settingsFrom(
  options: ReloadableOptions,
  { publish, digests, sessions, ticketKeys }: Lasting,
  previousPorts?: DataPorts,
): Settings {
  const limits = limitsWith(options.limits);
  const tls = createTlsIdentity(options.tls, limits, ticketKeys);
  return {
    gatekeeper: options.gatekeeper,
    tls,
    clear: { login: options.clear?.login ?? false, data: options.clear?.data ?? false },
    passivePorts: new DataPorts(
      { ...(options.passive?.ports && { range: options.passive.ports }), maxOpen: limits.maxPassiveListeners },
      previousPorts,
    ),
    passiveAddress: options.passive?.address,
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
  };
}
