import type { SessionList } from '../core/index.ts';
import type { ListeningAddress } from '../server/index.ts';
import type { OwnerLink } from './admin/index.ts';
import type { Configuration } from './configuration/index.ts';
import type { FirstAccount } from './first-account.ts';

/** A server that runs, with all that belongs to it. Disposing it ends it at once. */
export interface Service extends SessionList, AsyncDisposable {
  readonly addresses: readonly ListeningAddress[];
  /** Where this start has made it: its password is known nowhere else. */
  readonly firstAccount?: FirstAccount;
  /** Where nobody administers it yet, and somebody can. */
  readonly ownerLink?: OwnerLink;
  /**
   * Takes over what may change while it runs, certificates read anew included; sessions that are open keep what they
   * began with. @throws CertificateError, TlsSettingsError; then nothing has changed.
   */
  reload(configuration: Configuration): Promise<void>;
  /** Ends in good order: no new sessions, running transfers end within `limits.drainMs`. Dispose it afterwards. */
  drain(): Promise<void>;
}
