import type { AccountStore, BanStore, Limits, Publish, SessionList } from '../../core/index.ts';
import type { BanList } from '../../identity/index.ts';
import type { ListeningAddress } from '../../server/index.ts';
import type { CertificateIdentity } from '../certificate/index.ts';
import type { ExplainRequest, Explanation } from '../explain/explanation.ts';
import type { LiveView } from '../front-end.ts';
import type { Health } from '../monitoring/index.ts';
import type { Rules } from '../rules/index.ts';
import type { OperatedTrash } from '../trash/operated-trash.ts';
import type { RecentActivity } from './recent-activity.ts';
import type { RecentThroughput } from './recent-throughput.ts';
import type { RecentWarnings } from './recent-warnings.ts';

/** Where a service listens. */
export interface ServiceAddress extends Pick<ListeningAddress, 'address' | 'port'> {
  readonly mode: ListeningAddress['mode'] | 'metrics';
}

/** A running service, as far as operators see it and act on it. */
export interface OperatedService extends Pick<SessionList, 'endSession'>, OperatedTrash {
  readonly version: string;
  /** When it began, in milliseconds since 1970. */
  readonly since: number;
  readonly isDraining: () => boolean;
  /** Those for clients, and the one of metrics. */
  readonly addresses: readonly ServiceAddress[];
  /** Those that new sessions are shown. */
  readonly certificates: () => readonly CertificateIdentity[];
  readonly limits: () => Limits;
  readonly health: Health;
  readonly liveView: () => Promise<LiveView>;
  readonly bans: BanList;
  readonly banStore: BanStore;
  readonly accounts: Pick<AccountStore, 'find'>;
  readonly rules: Pick<Rules, 'runners' | 'find'>;
  readonly auditDirectory: string;
  readonly throughput: RecentThroughput;
  readonly activity: RecentActivity;
  readonly warnings: RecentWarnings;
  readonly publish: Publish;
  /** @throws ExplainError */
  readonly explain: (request: ExplainRequest) => Promise<Explanation>;
}
