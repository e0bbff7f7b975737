import type { AdministratorStore, Usage, VirtualPath } from '../../core/index.ts';
import type { EventStream } from '../../operations/index.ts';
import type { Configuration } from '../configuration/index.ts';
import type { OperatedService } from '../operators/index.ts';
import type { ShownSetting } from '../shown-settings.ts';
import type { AdminLogin } from './admin-login.ts';
import type { AdminSessions } from './admin-sessions.ts';
import type { AdminThread } from './admin-thread-client.ts';
import type { OwnerInvitation } from './owner-invitation.ts';
import type { Passkeys } from './passkeys.ts';

/** What the server is started with beside its configuration, for whoever administers it. */
export interface AdminSurroundings {
  readonly settings: () => readonly ShownSetting[];
  /** The file of the configuration. */
  readonly file?: string | undefined;
}

/** What routes work with. All of it is in the primary process. */
export interface AdminDesk extends AdminSurroundings {
  readonly service: OperatedService;
  readonly configuration: () => Configuration;
  readonly administrators: AdministratorStore;
  readonly login: AdminLogin;
  readonly sessions: AdminSessions;
  readonly passkeys: Passkeys;
  /** While nobody administers the server. */
  readonly invitation: OwnerInvitation;
  /** Works on accounts and groups. */
  readonly accounts: Pick<AdminThread, 'call'>;
  /** Works on what takes long, such as the search of records, so that no change of an account waits for it. */
  readonly slow: Pick<AdminThread, 'call'>;
  readonly listen: EventStream['listen'];
  /** How many lists of live events each administrator has open. */
  readonly feeds: Map<string, number>;
  /** What the files of a home take, as far as somebody has counted them. */
  readonly used: (home: VirtualPath) => Usage | undefined;
  /** Reads certificates and keys anew. @throws CertificateError, TlsSettingsError; then nothing has changed */
  readonly reloadCertificates: () => Promise<void>;
}
